using System.Diagnostics;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Runs the parts of a cell in order.</summary>
internal sealed class CellRunner
{
    private const int MaxImportDepth = 16;

    private readonly string baseDirectory;
    private readonly Action<CellOutput> emit;
    private readonly SubmissionChain chain;
    private readonly PackageLoader packages;
    private readonly WarmUp warmUp;

    public CellRunner(string baseDirectory, Action<CellOutput> emit)
    {
        this.baseDirectory = baseDirectory;
        this.emit = emit;
        var assemblies = new CellLoadContext();
        var references = new CellReferences(baseDirectory);
        warmUp = WarmUp.Start(references);
        chain = new SubmissionChain(baseDirectory, references, assemblies);
        packages = new PackageLoader(chain, assemblies, emit);
    }

    /// <summary>Told of each text that has compiled and starts to run.</summary>
    public Action<CellDeclarations>? Declared { get; init; }

    /// <summary>Runs a cell to its end.</summary>
    /// <exception cref="CellError">The cell failed.</exception>
    /// <exception cref="OperationCanceledException">The cell was stopped.</exception>
    public void Run(string source, string cellName, int executionCount, Stopper stopper)
    {
        IReadOnlyList<CellPart> parts = CellText.Split(source);
        long start = Stopwatch.GetTimestamp();
        bool timed = parts.Any(part => part is MagicPart { Name: "time" });
        new Pass(this, new TextName(cellName, IsCell: true), executionCount, stopper, 0).Run(parts);
        if (timed)
            CellDisplay.ShowText(FormattableString.Invariant($"Wall time: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.####}ms"), "text/plain");
    }

    /// <summary>One text (a cell, or a script it imports) on its way through the engine.</summary>
    private sealed class Pass(CellRunner runner, TextName text, int executionCount, Stopper stopper, int depth)
    {
        public void Run(IReadOnlyList<CellPart> parts)
        {
            // All packages of a text are restored together, before its code, so that they agree on their dependencies.
            runner.packages.Load(parts, text, stopper);
            foreach (CellPart part in parts)
            {
                stopper.ThrowIfRequested();
                switch (part)
                {
                    case TextPart { Language: CellText.CSharp } code:
                        RunCode(code.Text);
                        break;
                    case TextPart prose:
                        ShowText(prose);
                        break;
                    case MagicPart magic:
                        RunMagic(magic);
                        break;
                }
            }
        }

        private void RunCode(string code)
        {
            SubmissionChain.Submission submission;
            try
            {
                runner.warmUp.Wait(stopper.Token);
                submission = runner.chain.Compile(code, text.Name, stopper.Token);
            }
            catch (CompilationFailedException failure)
            {
                throw new CellError(ErrorReport.OfCompilation(failure, text));
            }

            try
            {
                Func<Task<object?>> start = submission.Load();
                runner.Declared?.Invoke(new CellDeclarations(code, runner.chain.TakeAddedReferences()) { Warnings = submission.Warnings });
                stopper.Guard(() =>
                {
                    object? value = PumpContext.Run(start, stopper.Token);
                    // What .Display() returns has been shown already.
                    if (submission.HasValue && value is not DisplayedValue) runner.emit(new ResultOutput(ValueFormat.OfResult(value), executionCount));
                });
            }
            catch (Exception e) when (!stopper.Requested)
            {
                throw new CellError(ErrorReport.OfException(e, text));
            }
        }

        private static void ShowText(TextPart prose)
        {
            switch (prose.Language)
            {
                case "markdown":
                    CellDisplay.ShowText(prose.Text, "text/markdown");
                    break;
                case "html":
                    CellDisplay.ShowText(prose.Text, "text/html");
                    break;
                case "mermaid":
                    CellDisplay.ShowDiagram(prose.Text);
                    break;
            }
        }

        private void RunMagic(MagicPart magic)
        {
            switch (magic.Name.ToLowerInvariant())
            {
                case "import":
                    Import(magic);
                    break;
                case "time":
                    break;
                case "who":
                    CellDisplay.Show(new Variables(runner.chain.Instances).Names, []);
                    break;
                case "whos":
                    CellDisplay.Show(new Variables(runner.chain.Instances).ToTable());
                    break;
                case "set":
                    Set(magic);
                    break;
                case "about":
                    CellDisplay.ShowText(Magics.About, "text/plain");
                    break;
                case "lsmagic":
                    CellDisplay.ShowText(Magics.Help, "text/plain");
                    break;
                default:
                    throw new CellError("UnknownMagic", $"{text.Place(magic.Line)}: {Magics.Refuse(magic.Name)}", magic.Line);
            }
        }

        private void Set(MagicPart magic)
        {
            string code;
            try
            {
                code = SetMagic.ToCode(magic.Argument, new Variables(runner.chain.Instances).Names.ToHashSet());
            }
            catch (FormatException e)
            {
                throw new CellError("SetFailed", $"{text.Place(magic.Line)}: {e.Message}", magic.Line);
            }

            RunCode(new string('\n', magic.Line - 1) + code);
        }

        private void Import(MagicPart magic)
        {
            string name = magic.Argument.Trim('"');
            string file = Path.GetFullPath(Path.Combine(runner.baseDirectory, name.Replace('\\', '/')));
            if (name.Length == 0) throw Failed("#!import needs a file: #!import lesson.csx.");
            if (!File.Exists(file)) throw Failed($"There is no file '{name}' to import. The path is relative to the notebook's folder.");
            if (depth == MaxImportDepth) throw Failed($"'{name}' is imported {MaxImportDepth} levels deep. Does it import itself?");

            switch (Path.GetExtension(file).ToLowerInvariant())
            {
                case ".cs" or ".csx":
                    RunText(File.ReadAllText(file), Path.GetFileName(file), magic.Line);
                    break;
                case ".ipynb":
                    ImportNotebook(file, magic.Line, Failed);
                    break;
                default:
                    throw Failed($"'{name}' cannot be imported: only .csx, .cs and .ipynb can.");
            }

            CellError Failed(string message) => new("ImportFailed", $"{text.Place(magic.Line)}: {message}", magic.Line);
        }

        private void ImportNotebook(string file, int line, Func<string, CellError> failed)
        {
            Notebook notebook;
            try
            {
                notebook = Notebook.Read(file);
            }
            catch (NotebookFormatException e)
            {
                throw failed(e.Message);
            }

            int number = 0;
            foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Code))
                RunText(CellLanguage.WithMagic(cell), $"{Path.GetFileName(file)} cell {++number}", line);
        }

        private void RunText(string imported, string name, int line)
        {
            try
            {
                new Pass(runner, new TextName(name, IsCell: false), executionCount, stopper, depth + 1).Run(CellText.Split(imported));
            }
            catch (CellError error)
            {
                // To the reader of the cell, the line that went wrong is the one that imports.
                throw new CellError(error.Output with { Line = line }, error.UnavailablePackage);
            }
        }
    }
}
