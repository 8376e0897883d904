using System.Linq.Expressions;
using System.Reflection;

namespace TransformerByHand.Exercises;

/// <summary>A delegate type, taken apart for calling and naming.</summary>
internal sealed class Signature(Type delegateType)
{
    private readonly MethodInfo _invoke = delegateType.GetMethod("Invoke")!;

    public IReadOnlyList<string> Parameters => [.. _invoke.GetParameters().Select(parameter => parameter.Name!)];

    public Type ReturnType => _invoke.ReturnType;

    public IReadOnlyList<string?>? TupleNames => CSharpName.TupleNames(_invoke.ReturnParameter);

    /// <summary>Calls the delegate; what it throws comes through as it is.</summary>
    public object? Invoke(Delegate function, object?[] arguments) =>
        _invoke.Invoke(function, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    /// <summary>Makes a delegate of this signature that does what <paramref name="body"/> does.</summary>
    public Delegate Make(Func<object?[], object?> body)
    {
        ParameterExpression[] parameters = [.. _invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType, parameter.Name))];
        Expression arguments = Expression.NewArrayInit(typeof(object), parameters.Select(parameter => Expression.Convert(parameter, typeof(object))));
        return Expression.Lambda(delegateType, Expression.Convert(Expression.Invoke(Expression.Constant(body), arguments), ReturnType), parameters).Compile();
    }

    /// <summary>Holds the arguments of a declared case against the parameters.</summary>
    /// <exception cref="ArgumentException">There are too many or too few, or one is of another type.</exception>
    public void Require(string exercise, IReadOnlyList<object?> arguments)
    {
        ParameterInfo[] parameters = _invoke.GetParameters();
        if (arguments.Count != parameters.Length)
            throw new ArgumentException($"A case of exercise {exercise} has {arguments.Count} arguments, but the signature has {parameters.Length} parameters.", nameof(arguments));
        for (int i = 0; i < parameters.Length; i++)
            if (!parameters[i].ParameterType.IsInstanceOfType(arguments[i]))
                throw new ArgumentException($"A case of exercise {exercise} gives {arguments[i]?.GetType().Name ?? "null"} for {parameters[i].Name}, which is a {parameters[i].ParameterType.Name}.", nameof(arguments));
    }
}
