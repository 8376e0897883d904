using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TransformerByHand.Course.Mutants;

/// <summary>Counts the rounds of every loop, so that a mutant that would go on for ever throws instead.</summary>
internal sealed class LoopGuards : CSharpSyntaxRewriter
{
    /// <summary>The class that counts. Each check runs on a thread of its own, and so begins at 0.</summary>
    public const string Source = """
        namespace TransformerByHand.Exercises;

        internal static class MutantGuard
        {
            [System.ThreadStatic] private static int rounds;

            public static void Round()
            {
                if (++rounds > 3_000_000) throw new System.TimeoutException("A loop of the mutant does not end.");
            }
        }
        """;

    private static readonly StatementSyntax Guard = SyntaxFactory.ParseStatement("global::TransformerByHand.Exercises.MutantGuard.Round();");

    public static SyntaxNode AddTo(SyntaxNode root) => new LoopGuards().Visit(root);

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node) => base.VisitForStatement(node.WithStatement(Guarded(node.Statement)));

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node) => base.VisitForEachStatement(node.WithStatement(Guarded(node.Statement)));

    public override SyntaxNode? VisitForEachVariableStatement(ForEachVariableStatementSyntax node) => base.VisitForEachVariableStatement(node.WithStatement(Guarded(node.Statement)));

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node) => base.VisitWhileStatement(node.WithStatement(Guarded(node.Statement)));

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node) => base.VisitDoStatement(node.WithStatement(Guarded(node.Statement)));

    private static BlockSyntax Guarded(StatementSyntax body) => SyntaxFactory.Block(Guard, body);
}
