using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace TransformerByHand.Course.Mutants;

/// <summary>The small changes: what people, too, get wrong when they write the same code.</summary>
internal static class Mutations
{
    private static readonly Dictionary<string, string[]> OtherNames = new()
    {
        ["Sum"] = ["Average"], ["Average"] = ["Sum"], ["Max"] = ["Min"], ["Min"] = ["Max"], ["Maximum"] = ["Minimum"],
        ["RowSums"] = ["ColumnSums"], ["ColumnSums"] = ["RowSums"], ["RowCount"] = ["ColumnCount"], ["ColumnCount"] = ["RowCount"],
        ["Row"] = ["Column"], ["Column"] = ["Row"], ["SetRow"] = ["SetColumn"], ["SetColumn"] = ["SetRow"],
        ["Sin"] = ["Cos"], ["Cos"] = ["Sin"], ["PointwiseMultiply"] = ["PointwiseDivide", "Add"], ["First"] = ["Last"], ["Last"] = ["First"],
        ["Take"] = ["Skip"], ["Skip"] = ["Take"], ["All"] = ["Any"], ["Any"] = ["All"], ["NegativeInfinity"] = ["PositiveInfinity", "NaN"],
        ["SubtractColumn"] = ["SubtractRow"], ["SubtractRow"] = ["SubtractColumn"],
    };

    private static readonly HashSet<string> Droppable = ["Sqrt", "Abs", "Exp", "Log", "Transpose", "PointwiseExp", "PointwiseSqrt", "Reverse", "Clone", "Pow", "Max", "Min"];

    /// <summary>Every change of a piece of code.</summary>
    /// <param name="root">The code: a lambda or a method.</param>
    /// <param name="model">What its names mean.</param>
    /// <param name="isTest">Whether it is a test. Its inputs are then left alone: another input may be as good.</param>
    /// <param name="isAnswer">Whether it is compared number by number: only then single precision is noticed.</param>
    public static IEnumerable<SyntaxNode> Of(SyntaxNode root, SemanticModel model, bool isTest, bool isAnswer)
    {
        foreach (SyntaxNode node in root.DescendantNodes().ToList())
        {
            if (isTest && IsInput(node)) continue;
            foreach (SyntaxNode? changed in Changes(node, model, root, isTest, isAnswer))
                if (changed is null) { if (Without(root, node) is { } rest) yield return rest; }
                else yield return root.ReplaceNode(node, changed.WithTriviaFrom(node));
            foreach (SyntaxNode whole in Hoisted(root, node)) yield return whole;
        }
    }

    // What a test gives to an implementation, and its guards against null and shapes that none of the implementations returns.
    private static bool IsInput(SyntaxNode node) =>
        (node is LiteralExpressionSyntax or PrefixUnaryExpressionSyntax or IdentifierNameSyntax
            && node.Ancestors().Any(parent => parent is InitializerExpressionSyntax or CollectionExpressionSyntax or LocalDeclarationStatementSyntax { IsConst: true }))
        || (node is LiteralExpressionSyntax { Token.Value: int } && node.Ancestors().Any(parent => parent is ArgumentListSyntax))
        || (node is IdentifierNameSyntax { Identifier.Text: "Clone" } or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Clone" } })
        || node.AncestorsAndSelf().TakeWhile(parent => parent is ExpressionSyntax or PatternSyntax or ArgumentSyntax or ArgumentListSyntax).Append(node).OfType<ExpressionSyntax>().Any(IsGuard)
        || (node is IfStatementSyntax branch && IsGuard(branch.Condition))
        || node.Ancestors().OfType<IfStatementSyntax>().Any(parent => IsGuard(parent.Condition));

    private static bool IsGuard(ExpressionSyntax condition) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => IsGuard(both.Left) || IsGuard(both.Right),
        IsPatternExpressionSyntax { Pattern: { } pattern } => pattern.ToString().Contains("null", StringComparison.Ordinal),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } sizes => IsSize(sizes.Left),
        _ => false,
    };

    private static bool IsSize(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Length" or "Count" or "RowCount" or "ColumnCount" } => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetLength" } } => true,
        _ => false,
    };

    private static IEnumerable<SyntaxNode?> Changes(SyntaxNode node, SemanticModel model, SyntaxNode root, bool isTest, bool isAnswer)
    {
        switch (node)
        {
            case BinaryExpressionSyntax binary:
                foreach (SyntaxKind kind in OtherOperators(binary.Kind()).Where(kind => !IsTolerance(binary) || kind is not (SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanOrEqualExpression))) yield return BinaryExpression(kind, binary.Left, binary.Right);
                if (binary.IsKind(SyntaxKind.AddExpression) || binary.IsKind(SyntaxKind.MultiplyExpression) || binary.IsKind(SyntaxKind.LogicalAndExpression) || binary.IsKind(SyntaxKind.LogicalOrExpression) || binary.IsKind(SyntaxKind.SubtractExpression) || binary.IsKind(SyntaxKind.DivideExpression))
                    yield return binary.Left;
                if (binary.IsKind(SyntaxKind.AddExpression) || binary.IsKind(SyntaxKind.MultiplyExpression) || binary.IsKind(SyntaxKind.LogicalAndExpression) || binary.IsKind(SyntaxKind.LogicalOrExpression) || binary.IsKind(SyntaxKind.SubtractExpression))
                    yield return binary.Right;
                if (binary.IsKind(SyntaxKind.MultiplyExpression) && IsMatrix(binary.Left, model) && IsMatrix(binary.Right, model))
                    yield return BinaryExpression(SyntaxKind.MultiplyExpression, Parenthesised(binary.Right), Parenthesised(binary.Left));
                if (binary.Parent is ForStatementSyntax { Condition: { } condition } && condition == binary && binary.IsKind(SyntaxKind.LessThanExpression))
                    yield return ParseExpression($"{binary.Left} < {Parenthesised(binary.Right)} - 1");
                break;
            case PrefixUnaryExpressionSyntax unary when unary.IsKind(SyntaxKind.UnaryMinusExpression) || unary.IsKind(SyntaxKind.LogicalNotExpression):
                yield return unary.Operand;
                break;
            case PostfixUnaryExpressionSyntax step when step.IsKind(SyntaxKind.PostIncrementExpression) && step.Parent is ForStatementSyntax:
                yield return ParseExpression($"{step.Operand} += 2");
                break;
            case LiteralExpressionSyntax literal:
                foreach (string text in OtherLiterals(literal, isTest)) yield return ParseExpression(text);
                break;
            case AssignmentExpressionSyntax assignment:
                foreach (string sign in OtherAssignments(assignment)) yield return ParseExpression($"{assignment.Left} {sign} {assignment.Right}");
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call:
                string name = member.Name.Identifier.Text;
                if (Droppable.Contains(name))
                    yield return Parenthesised(member.Expression is IdentifierNameSyntax { Identifier.Text: "Math" } ? call.ArgumentList.Arguments[0].Expression : member.Expression);
                foreach (SyntaxNode swapped in Swapped(call)) yield return swapped;
                break;
            case InvocationExpressionSyntax call:
                foreach (SyntaxNode swapped in Swapped(call)) yield return swapped;
                break;
            case ElementAccessExpressionSyntax { ArgumentList.Arguments: [var first, var second] } access:
                yield return access.WithArgumentList(BracketedArgumentList(SeparatedList(new[] { second.WithoutTrivia(), first.WithoutTrivia() })));
                break;
            case ConditionalExpressionSyntax choice:
                yield return Parenthesised(choice.WhenTrue);
                yield return Parenthesised(choice.WhenFalse);
                yield return choice.WithWhenTrue(choice.WhenFalse).WithWhenFalse(choice.WhenTrue);
                break;
            case IfStatementSyntax branch:
                yield return branch.WithCondition(ParseExpression($"!({branch.Condition})"));
                yield return null;
                break;
            case ExpressionStatementSyntax:
                yield return null;
                break;
            case CastExpressionSyntax cast:
                yield return Parenthesised(cast.Expression);
                break;
            case IdentifierNameSyntax identifier:
                foreach (string other in OtherIdentifiers(identifier, model, root)) yield return IdentifierName(other);
                if (IsMatrix(identifier, model) && identifier.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression })
                    yield return ParseExpression($"{identifier}.Transpose()");
                break;
            case EqualsValueClauseSyntax { Value: { } value } when isAnswer && model.GetTypeInfo(value).Type?.SpecialType == SpecialType.System_Double && value is not LiteralExpressionSyntax:
                yield return EqualsValueClause(ParseExpression($"(float)({value})").WithLeadingTrivia(Space));
                break;
        }
        if (node is SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access2 } memberName && access2.Name == memberName && OtherNames.TryGetValue(memberName.Identifier.Text, out string[]? others))
            foreach (string other in others)
                yield return memberName.WithIdentifier(Identifier(other));
    }

    // No number is as far off as the tolerance to the last bit, so that < and <= are the same.
    private static bool IsTolerance(BinaryExpressionSyntax binary) => binary.Right is LiteralExpressionSyntax { Token.Value: double and > 0 and < 1e-5 };

    private static bool IsMatrix(ExpressionSyntax expression, SemanticModel model) => model.GetTypeInfo(expression).Type is { Name: "Matrix" or "DenseMatrix" };

    private static ExpressionSyntax Parenthesised(ExpressionSyntax expression) =>
        expression is IdentifierNameSyntax or LiteralExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or MemberAccessExpressionSyntax
            ? expression.WithoutTrivia()
            : ParenthesizedExpression(expression.WithoutTrivia());

    private static IEnumerable<SyntaxNode> Swapped(InvocationExpressionSyntax call)
    {
        if (call.ArgumentList.Arguments is not [var first, var second] || first.Expression is LambdaExpressionSyntax || second.Expression is LambdaExpressionSyntax) yield break;
        yield return call.WithArgumentList(ArgumentList(SeparatedList(new[] { second.WithoutTrivia(), first.WithoutTrivia() })));
    }

    private static SyntaxKind[] OtherOperators(SyntaxKind kind) => kind switch
    {
        SyntaxKind.AddExpression => [SyntaxKind.SubtractExpression],
        SyntaxKind.SubtractExpression => [SyntaxKind.AddExpression],
        SyntaxKind.MultiplyExpression => [SyntaxKind.DivideExpression],
        SyntaxKind.DivideExpression => [SyntaxKind.MultiplyExpression],
        SyntaxKind.ModuloExpression => [SyntaxKind.DivideExpression],
        SyntaxKind.LessThanExpression => [SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanExpression],
        SyntaxKind.LessThanOrEqualExpression => [SyntaxKind.LessThanExpression, SyntaxKind.GreaterThanOrEqualExpression],
        SyntaxKind.GreaterThanExpression => [SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.LessThanExpression],
        SyntaxKind.GreaterThanOrEqualExpression => [SyntaxKind.GreaterThanExpression, SyntaxKind.LessThanOrEqualExpression],
        SyntaxKind.EqualsExpression => [SyntaxKind.NotEqualsExpression],
        SyntaxKind.NotEqualsExpression => [SyntaxKind.EqualsExpression],
        SyntaxKind.LogicalAndExpression => [SyntaxKind.LogicalOrExpression],
        SyntaxKind.LogicalOrExpression => [SyntaxKind.LogicalAndExpression],
        _ => [],
    };

    // In a test a tolerance becomes 1 and no more: a hundredth or a tenth of it would be as good.
    private static IEnumerable<string> OtherLiterals(LiteralExpressionSyntax literal, bool isTest) => literal.Token.Value switch
    {
        int number when number > 0 => [$"{number + 1}", $"{number - 1}"],
        int number => [$"{number + 1}"],
        long number => [$"{number + 1}L", $"{number - 1}L"],
        double number when isTest && number < 1 => ["1.0"],
        double when isTest => [],
        double number when number == Math.Round(number) && Math.Abs(number) < 1e6 => [FormattableString.Invariant($"{number + 1:0.0}"), FormattableString.Invariant($"{number * 2:0.0}"), FormattableString.Invariant($"{number:0}")],
        double number => [FormattableString.Invariant($"{number * 2:R}"), "0.0"],
        bool truth => [truth ? "false" : "true"],
        _ => [],
    };

    private static string[] OtherAssignments(AssignmentExpressionSyntax assignment) => assignment.Kind() switch
    {
        SyntaxKind.AddAssignmentExpression => ["=", "-="],
        SyntaxKind.SubtractAssignmentExpression => ["=", "+="],
        SyntaxKind.MultiplyAssignmentExpression => ["=", "/="],
        SyntaxKind.DivideAssignmentExpression => ["=", "*="],
        _ => [],
    };

    // Another variable of the same type: at most three, the nearest first.
    private static IEnumerable<string> OtherIdentifiers(IdentifierNameSyntax identifier, SemanticModel model, SyntaxNode root)
    {
        if (identifier.Parent is MemberAccessExpressionSyntax member && member.Name == identifier) return [];
        // A size of another variable either is the same by definition, or differs where all sizes do: each exercise has such an input.
        if (identifier.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "Length" or "Count" or "RowCount" or "ColumnCount" or "GetLength" }) return [];
        if (identifier.Parent is AssignmentExpressionSyntax assignment && assignment.Left == identifier) return [];
        ISymbol? symbol = model.GetSymbolInfo(identifier).Symbol;
        if (symbol is not (ILocalSymbol or IParameterSymbol)) return [];
        ITypeSymbol? type = model.GetTypeInfo(identifier).Type;
        return model.LookupSymbols(identifier.SpanStart)
            .Where(other => (other is ILocalSymbol or IParameterSymbol) && !SymbolEqualityComparer.Default.Equals(other, symbol)
                && SymbolEqualityComparer.Default.Equals(other is ILocalSymbol local ? local.Type : ((IParameterSymbol)other).Type, type)
                && other.DeclaringSyntaxReferences is [var declared] && root.Span.Contains(declared.Span) && declared.Span.End < identifier.SpanStart)
            .OrderByDescending(other => other.DeclaringSyntaxReferences[0].Span.Start).Take(3).Select(other => other.Name);
    }

    private static SyntaxNode? Without(SyntaxNode root, SyntaxNode statement) => statement.Parent is BlockSyntax
        ? root.RemoveNode(statement, SyntaxRemoveOptions.KeepNoTrivia)
        : root.ReplaceNode(statement, EmptyStatement().WithTriviaFrom(statement));

    // A variable that is declared before the loop in place of inside it, so that it is not set back.
    private static IEnumerable<SyntaxNode> Hoisted(SyntaxNode root, SyntaxNode node)
    {
        if (node is not LocalDeclarationStatementSyntax { Declaration.Variables: var variables, Parent: BlockSyntax { Parent: ForStatementSyntax or ForEachStatementSyntax } block } declaration) yield break;
        if (variables.Any(variable => variable.Initializer?.Value is not LiteralExpressionSyntax)) yield break;
        var loop = (StatementSyntax)block.Parent!;
        SyntaxNode inside = loop.ReplaceNode(block, block.WithStatements(block.Statements.Remove(declaration)));
        yield return loop.Parent is BlockSyntax outer
            ? root.ReplaceNode(outer, outer.WithStatements(outer.Statements.ReplaceRange(loop, [declaration, (StatementSyntax)inside])))
            : root.ReplaceNode(loop, Block(declaration, (StatementSyntax)inside));
    }
}
