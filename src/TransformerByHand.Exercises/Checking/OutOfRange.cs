using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>Says of an index out of range which array, which index and which length: .NET's exception says none of it.</summary>
/// <remarks>
/// The answer is made once more from its compiled instructions, with a guard before each access to an array or a matrix, and
/// called with the same input. Where it cannot be made again (it throws inside a lambda of its own, say) nothing is said.
/// </remarks>
internal static class OutOfRange
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>What the guards saw.</summary>
    /// <param name="array">The array or matrix.</param>
    /// <param name="indices">The indices asked for.</param>
    private sealed class Miss(object array, int[] indices) : Exception
    {
        public object Array { get; } = array;

        public int[] Indices { get; } = indices;
    }

    /// <summary>Returns a sentence on an exception that an index caused, or null.</summary>
    /// <param name="answer">The answer that threw.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="arguments">The input on which it did.</param>
    /// <param name="error">What it threw.</param>
    public static string? Explain(Delegate answer, Signature signature, IReadOnlyList<object?> arguments, Exception error)
    {
        if (error is not (IndexOutOfRangeException or ArgumentOutOfRangeException)) return null;
        object?[] own = [.. arguments.Select(DeepCopy.Of)];
        try
        {
            Guarded(answer.Method).Invoke(null, BindingFlags.DoNotWrapExceptions, null, answer.Method.IsStatic ? own : [answer.Target, .. own], null);
            return null;
        }
        catch (Miss miss)
        {
            return Sentence(miss, NameOf(miss.Array, signature, own));
        }
        catch (Exception)
        {
            // It went another way this time, or is made of what cannot be made again. The exception has been shown in any case.
            return null;
        }
    }

    // An argument, or an array in an argument that is an array of arrays.
    private static string? NameOf(object array, Signature signature, object?[] arguments)
    {
        for (int k = 0; k < arguments.Length; k++)
        {
            if (ReferenceEquals(arguments[k], array)) return signature.Parameters[k];
            int part = arguments[k] is Array { Rank: 1 } parts && !parts.GetType().GetElementType()!.IsPrimitive ? System.Array.FindIndex([.. parts.Cast<object?>()], one => ReferenceEquals(one, array)) : -1;
            if (part >= 0) return $"{signature.Parameters[k]}[{part}]";
        }
        return null;
    }

    private static string Sentence(Miss miss, string? name)
    {
        int[] sizes = Sizes(miss.Array);
        // Made by the answer, or returned by a function that it was given.
        string what = name is not null ? $"`{name}`" : sizes.Length == 1 ? "an array that is no argument" : "a matrix that is no argument";
        string shape = sizes.Length == 1 ? $"has {sizes[0]} {(sizes[0] == 1 ? "entry" : "entries")}" : $"is {sizes[0]} × {sizes[1]}";
        int at = System.Array.FindIndex(miss.Indices, index => true);
        for (int k = 0; k < sizes.Length; k++) if (miss.Indices[k] < 0 || miss.Indices[k] >= sizes[k]) { at = k; break; }
        string indices = $"[{string.Join(", ", miss.Indices)}]";
        string allowed = sizes[at] == 0 ? "there is none to ask for"
            : $"{(sizes.Length == 1 ? "an index" : at == 0 ? "a row" : "a column")} is at least 0 and at most {sizes[at] - 1}";
        bool turned = miss.Indices is [var row, var column] && column >= 0 && column < sizes[0] && row >= 0 && row < sizes[1];
        string question = (miss.Indices[at] == sizes[at] ? " Does a loop run while `i <= …`, where it should be `i < …`, does it count up or test another variable than its own, or does something read one place further on?"
            : miss.Indices[at] == -1 ? " Does something read one place before the first?"
            : "") + (turned ? " Have row and column changed places?" : "");
        return $"The index was {indices}, and {what} {shape}: {allowed}.{question}";
    }

    private static int[] Sizes(object array) => array switch
    {
        Array { Rank: 1 } vector => [vector.Length],
        Array matrix => [.. Enumerable.Range(0, matrix.Rank).Select(matrix.GetLength)],
        Vector<double> vector => [vector.Count],
        Matrix<double> matrix => [matrix.RowCount, matrix.ColumnCount],
        _ => [],
    };

    // What the guarded code calls before an access.
    private static void Check1(Array array, int index)
    {
        if (array is not null && (uint)index >= (uint)array.Length) throw new Miss(array, [index]);
    }

    private static void Check2(object array, int row, int column)
    {
        if (array is null) return;
        int[] sizes = Sizes(array);
        if (sizes.Length == 2 && ((uint)row >= (uint)sizes[0] || (uint)column >= (uint)sizes[1])) throw new Miss(array, [row, column]);
    }

    private static void CheckVector(object vector, int index)
    {
        if (vector is Vector<double> numbers && (uint)index >= (uint)numbers.Count) throw new Miss(vector, [index]);
    }

    private static DynamicMethod Guarded(MethodInfo method)
    {
        MethodBody body = method.GetMethodBody() ?? throw new NotSupportedException();
        Type[] parameters = [.. method.IsStatic ? Type.EmptyTypes : [method.DeclaringType!], .. method.GetParameters().Select(parameter => parameter.ParameterType)];
        var copy = new DynamicMethod(method.Name, method.ReturnType, parameters, method.Module, skipVisibility: true);
        ILGenerator il = copy.GetILGenerator();
        foreach (LocalVariableInfo local in body.LocalVariables) il.DeclareLocal(local.LocalType, local.IsPinned);
        if (body.ExceptionHandlingClauses.Count > 0) throw new NotSupportedException("Blocks that catch exceptions are not made again.");

        byte[] code = body.GetILAsByteArray()!;
        Type[]? typeArguments = method.DeclaringType is { IsGenericType: true } declaring ? declaring.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var labels = new Dictionary<int, Label>();
        Label LabelAt(int offset) => labels.TryGetValue(offset, out Label label) ? label : labels[offset] = il.DefineLabel();
        foreach ((OpCode op, int at, int next) in Instructions(code))
            foreach (int target in Targets(op, code, at, next)) LabelAt(target);

        foreach ((OpCode op, int at, int next) in Instructions(code))
        {
            if (labels.TryGetValue(at, out Label here)) il.MarkLabel(here);
            int operand = at + op.Size;
            EmitGuard(il, op, op.OperandType is OperandType.InlineMethod ? method.Module.ResolveMethod(BitConverter.ToInt32(code, operand), typeArguments, methodArguments) : null,
                op.OperandType is OperandType.InlineType ? method.Module.ResolveType(BitConverter.ToInt32(code, operand), typeArguments, methodArguments) : null);
            switch (op.OperandType)
            {
                case OperandType.InlineNone: il.Emit(op); break;
                case OperandType.ShortInlineI when op == OpCodes.Ldc_I4_S: il.Emit(op, (sbyte)code[operand]); break;
                case OperandType.ShortInlineI: il.Emit(op, code[operand]); break;
                case OperandType.InlineI: il.Emit(op, BitConverter.ToInt32(code, operand)); break;
                case OperandType.InlineI8: il.Emit(op, BitConverter.ToInt64(code, operand)); break;
                case OperandType.ShortInlineR: il.Emit(op, BitConverter.ToSingle(code, operand)); break;
                case OperandType.InlineR: il.Emit(op, BitConverter.ToDouble(code, operand)); break;
                case OperandType.ShortInlineVar: il.Emit(op, code[operand]); break;
                case OperandType.InlineVar: il.Emit(op, BitConverter.ToInt16(code, operand)); break;
                case OperandType.ShortInlineBrTarget or OperandType.InlineBrTarget: il.Emit(Long(op), LabelAt(Targets(op, code, at, next).Single())); break;
                case OperandType.InlineSwitch: il.Emit(op, [.. Targets(op, code, at, next).Select(LabelAt)]); break;
                case OperandType.InlineString: il.Emit(op, method.Module.ResolveString(BitConverter.ToInt32(code, operand))); break;
                default:
                    switch (method.Module.ResolveMember(BitConverter.ToInt32(code, operand), typeArguments, methodArguments))
                    {
                        case ConstructorInfo constructor: il.Emit(op, constructor); break;
                        case MethodInfo called: il.Emit(op, called); break;
                        case FieldInfo field: il.Emit(op, field); break;
                        case Type type: il.Emit(op, type); break;
                        default: throw new NotSupportedException();
                    }
                    break;
            }
        }
        return copy;
    }

    private static void EmitGuard(ILGenerator il, OpCode op, MethodBase? called, Type? element)
    {
        // array, index
        if (op.Name is { } name && name.StartsWith("ldelem", StringComparison.Ordinal)) Guard(il, typeof(Array), 1, nameof(Check1), value: null);
        // array, index, value
        else if (op.Name!.StartsWith("stelem", StringComparison.Ordinal)) Guard(il, typeof(Array), 1, nameof(Check1), Stored(op, element));
        else if (called is { DeclaringType: { IsArray: true } array } && array.GetArrayRank() == 2 && called.Name is "Get" or "Address") Guard(il, typeof(object), 2, nameof(Check2), value: null);
        else if (called is { DeclaringType: { IsArray: true } target, Name: "Set" } && target.GetArrayRank() == 2) Guard(il, typeof(object), 2, nameof(Check2), target.GetElementType());
        else if (called is { DeclaringType: { } matrix, Name: "get_Item" or "At" or "set_Item" } && (typeof(Matrix<double>).IsAssignableFrom(matrix) || typeof(Vector<double>).IsAssignableFrom(matrix)))
        {
            int indices = typeof(Matrix<double>).IsAssignableFrom(matrix) ? 2 : 1, given = called.GetParameters().Length;
            Guard(il, typeof(object), indices, indices == 2 ? nameof(Check2) : nameof(CheckVector), given > indices ? typeof(double) : null);
        }
    }

    private static Type Stored(OpCode op, Type? element) =>
        element ?? (op == OpCodes.Stelem_R8 ? typeof(double) : op == OpCodes.Stelem_R4 ? typeof(float) : op == OpCodes.Stelem_I8 ? typeof(long) : op == OpCodes.Stelem_Ref ? typeof(object) : typeof(int));

    // Takes the access's operands off the stack, shows array and indices to the guard, and puts all back.
    private static void Guard(ILGenerator il, Type array, int indices, string check, Type? value)
    {
        LocalBuilder? stored = value is null ? null : il.DeclareLocal(value);
        LocalBuilder[] at = [.. Enumerable.Range(0, indices).Select(_ => il.DeclareLocal(typeof(int)))];
        if (stored is not null) il.Emit(OpCodes.Stloc, stored);
        foreach (LocalBuilder index in at.Reverse()) il.Emit(OpCodes.Stloc, index);
        il.Emit(OpCodes.Dup);
        foreach (LocalBuilder index in at) il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Call, typeof(OutOfRange).GetMethod(check, BindingFlags.NonPublic | BindingFlags.Static)!);
        foreach (LocalBuilder index in at) il.Emit(OpCodes.Ldloc, index);
        if (stored is not null) il.Emit(OpCodes.Ldloc, stored);
    }

    private static IEnumerable<(OpCode Op, int At, int Next)> Instructions(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            OpCode op = code[at] == 0xFE ? OpCodesByValue[(short)(0xFE00 | code[at + 1])] : OpCodesByValue[code[at]];
            int operand = at + op.Size;
            int next = operand + op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineI or OperandType.ShortInlineVar or OperandType.ShortInlineBrTarget => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, operand),
                _ => 4,
            };
            yield return (op, at, next);
            at = next;
        }
    }

    private static IEnumerable<int> Targets(OpCode op, byte[] code, int at, int next)
    {
        int operand = at + op.Size;
        return op.OperandType switch
        {
            OperandType.ShortInlineBrTarget => [next + (sbyte)code[operand]],
            OperandType.InlineBrTarget => [next + BitConverter.ToInt32(code, operand)],
            OperandType.InlineSwitch => Enumerable.Range(0, BitConverter.ToInt32(code, operand)).Select(k => next + BitConverter.ToInt32(code, operand + 4 + 4 * k)),
            _ => [],
        };
    }

    // Guards make the code longer, so that a short branch may not reach its target any more.
    private static OpCode Long(OpCode op) => op.OperandType == OperandType.InlineBrTarget ? op
        : (OpCode)typeof(OpCodes).GetField(Long(op.Name!), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static string Long(string name) =>
        string.Join('_', name[..^2].Split('.').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
