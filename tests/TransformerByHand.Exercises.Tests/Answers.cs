using System.Linq.Expressions;

namespace TransformerByHand.Exercises.Tests;

/// <summary>Makes answers for exercises whose signature is known only at run time.</summary>
internal static class Answers
{
    /// <summary>A delegate of that type which always throws.</summary>
    public static Delegate Throwing(Type delegateType, Exception exception)
    {
        var invoke = delegateType.GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType, parameter.Name));
        return Expression.Lambda(delegateType, Expression.Throw(Expression.Constant(exception), invoke.ReturnType), parameters).Compile();
    }
}
