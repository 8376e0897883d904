using System.Reflection;
using System.Runtime.CompilerServices;

namespace TransformerByHand.Exercises;

/// <summary>Writes types and signatures as C# source.</summary>
internal static class CSharpName
{
    /// <summary>The header of a function with a delegate's signature: <c>double Mean(double[] x)</c>.</summary>
    public static string Header(Type delegateType, string name)
    {
        MethodInfo invoke = delegateType.GetMethod("Invoke")!;
        IEnumerable<string> parameters = invoke.GetParameters().Select(parameter => $"{Of(parameter)} {parameter.Name}");
        return $"{Of(invoke.ReturnParameter)} {name}({string.Join(", ", parameters)})";
    }

    /// <summary>The names that a signature gives to a tuple's parts.</summary>
    public static IReadOnlyList<string?>? TupleNames(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<TupleElementNamesAttribute>()?.TransformNames.ToList();

    private static string Of(ParameterInfo parameter) =>
        Of(parameter.ParameterType, new Queue<string?>(TupleNames(parameter) ?? []));

    // Names come in the order in which a reader of the source meets the tuples: a tuple's own, then those inside it.
    private static string Of(Type type, Queue<string?> names)
    {
        if (type.IsArray) return ArrayOf(type, names);
        if (type.IsAssignableTo(typeof(ITuple)) && type.IsValueType)
        {
            Type[] parts = type.GetGenericArguments();
            string?[] own = [.. parts.Select(_ => names.TryDequeue(out string? name) ? name : null)];
            return "(" + string.Join(", ", parts.Select((part, i) => $"{Of(part, names)} {own[i]}".TrimEnd())) + ")";
        }
        if (type.IsGenericType)
            return type.Name[..type.Name.IndexOf('`')] + "<" + string.Join(", ", type.GetGenericArguments().Select(part => Of(part, names))) + ">";

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Double => "double",
            TypeCode.Single => "float",
            TypeCode.Int32 when !type.IsEnum => "int",
            TypeCode.Int64 when !type.IsEnum => "long",
            TypeCode.Boolean => "bool",
            TypeCode.String => "string",
            _ => type.Name,
        };
    }

    // The outermost array stands first in C#, innermost in reflection: double[][,] is an array of double[,].
    private static string ArrayOf(Type type, Queue<string?> names)
    {
        string brackets = "";
        while (type.IsArray)
        {
            brackets += "[" + new string(',', type.GetArrayRank() - 1) + "]";
            type = type.GetElementType()!;
        }
        return Of(type, names) + brackets;
    }
}
