using System.Diagnostics;
using System.Runtime.InteropServices;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>A feed-forward block that two processes compute together, each with its half of the weights (12.5), and what travels between them and this one.</summary>
/// <remarks>
/// Forward, X goes to both and a matrix of its size comes back from each; these are added here, and b_2 once. Backward, dY goes to both and a
/// part of dX comes back; the gradients of a worker's own weights never leave it. Weights are sent once, when they change.
/// After Shoeybi et al. 2019, 'Megatron-LM', §3.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class TwoWorkers : IShown, IDisposable
{
    private const int Count = 2;

    private readonly Worker[] workers;
    private readonly List<(Matrix<double> W_1, Matrix<double> W_2)> blocks = [];
    private long weights, activations;
    private int calls;

    private TwoWorkers(Worker[] workers) => this.workers = workers;

    /// <summary>Starts two processes of the course's program.</summary>
    /// <exception cref="InvalidOperationException">The program has not been built, or does not start.</exception>
    public static TwoWorkers Start()
    {
        string folder = Path.GetDirectoryName(typeof(TwoWorkers).Assembly.Location)!;
        string program = Path.GetFullPath(Path.Combine(folder, "..", "..", "Course", "course", "Course.dll"));
        if (!File.Exists(program)) throw new InvalidOperationException($"The two workers are processes of {program}, which is not there: build the course once, dotnet build.");
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return new([.. Enumerable.Range(0, Count).Select(_ => new Worker(File.Exists(dotnet) ? dotnet : "dotnet", program))]);
    }

    /// <summary>Y = max(0, X·W_1 + b_1)·W_2 + b_2, computed by the two.</summary>
    /// <param name="X">Tokens (n × d_model).</param>
    /// <param name="W_1">(d_model × d_ff), d_ff even.</param>
    /// <param name="b_1">(d_ff).</param>
    /// <param name="W_2">(d_ff × d_model).</param>
    /// <param name="b_2">(d_model).</param>
    /// <returns>Y (n × d_model).</returns>
    /// <exception cref="ArgumentException">d_ff is odd.</exception>
    public Matrix<double> FeedForward(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2, Vector<double> b_2)
    {
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(W_1);
        ArgumentNullException.ThrowIfNull(b_1);
        ArgumentNullException.ThrowIfNull(W_2);
        ArgumentNullException.ThrowIfNull(b_2);
        Matrix<double>[] parts = Parts(X, W_1, b_1, W_2);
        return Layers.RowOperations.AddRow(parts[0] + parts[1], b_2);
    }

    /// <summary>What each of the two returns for X: their sum, with b_2 added once, is Y.</summary>
    /// <inheritdoc cref="FeedForward"/>
    public Matrix<double>[] Parts(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2)
    {
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(W_1);
        ArgumentNullException.ThrowIfNull(b_1);
        ArgumentNullException.ThrowIfNull(W_2);
        if (W_1.ColumnCount % Count != 0) throw new ArgumentException($"W_1 has {W_1.ColumnCount} columns, which two workers cannot share equally: there should be an even number.", nameof(W_1));
        int share = W_1.ColumnCount / Count;
        int block = blocks.FindIndex(known => ReferenceEquals(known.W_1, W_1) && ReferenceEquals(known.W_2, W_2));
        if (block < 0)
        {
            block = blocks.Count;
            blocks.Add((W_1, W_2));
            for (int w = 0; w < Count; w++)
                weights += workers[w].SendWeights(W_1.SubMatrix(0, W_1.RowCount, w * share, share), b_1.SubVector(w * share, share), W_2.SubMatrix(w * share, share, 0, W_2.ColumnCount));
        }
        calls++;
        foreach (Worker worker in workers) activations += worker.Send(HalfLayer.Forward, X, block);
        return [.. workers.Select(worker => Received(worker))];
    }

    /// <summary>dX (n × d_model) from dY (n × d_model), for the last forward pass.</summary>
    /// <param name="dY">The gradient that arrives at Y.</param>
    /// <exception cref="InvalidOperationException">There was no forward pass.</exception>
    public Matrix<double> Backward(Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(dY);
        if (blocks.Count == 0) throw new InvalidOperationException("There was no forward pass to go back through.");
        calls++;
        foreach (Worker worker in workers) activations += worker.Send(HalfLayer.Backward, dY, 0);
        Matrix<double>[] parts = [.. workers.Select(worker => Received(worker))];
        return parts[0] + parts[1];
    }

    /// <summary>Numbers that travelled for activations and gradients, both ways, with both workers.</summary>
    public long ActivationsSent => activations;

    /// <summary>Numbers that travelled once, for weights.</summary>
    public long WeightsSent => weights;

    /// <summary>The processes' numbers, which are not this process's.</summary>
    public IReadOnlyList<int> Processes => [.. workers.Select(worker => worker.Id)];

    /// <summary>What travelled so far.</summary>
    public Table Travelled() => new Table("what", "numbers") { Caption = $"Between this process and two others, {calls} calls", Digits = 8 }
        .Row("weights, sent once", weights)
        .Row("tokens and gradients", activations);

    /// <inheritdoc/>
    public string ToText() => Travelled().ToText();

    /// <inheritdoc/>
    public string ToHtml() => Travelled().ToHtml();

    /// <summary>Ends the two.</summary>
    public void Dispose()
    {
        foreach (Worker worker in workers) worker.Dispose();
    }

    private Matrix<double> Received(Worker worker)
    {
        Matrix<double> part = worker.Receive();
        activations += (long)part.RowCount * part.ColumnCount;
        return part;
    }

    private sealed class Worker : IDisposable
    {
        private readonly Process process;
        private readonly BinaryWriter to;
        private readonly BinaryReader from;

        public Worker(string dotnet, string program)
        {
            process = Process.Start(new ProcessStartInfo(dotnet, [program, HalfLayer.Verb]) { RedirectStandardInput = true, RedirectStandardOutput = true })
                ?? throw new InvalidOperationException($"{dotnet} did not start.");
            (to, from) = (new(process.StandardInput.BaseStream), new(process.StandardOutput.BaseStream));
        }

        public int Id => process.Id;

        public long SendWeights(Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2)
        {
            to.Write(HalfLayer.Weights);
            HalfLayer.Write(to, W_1);
            HalfLayer.Write(to, b_1.ToRowMatrix());
            HalfLayer.Write(to, W_2);
            return (long)W_1.RowCount * W_1.ColumnCount + b_1.Count + (long)W_2.RowCount * W_2.ColumnCount;
        }

        public long Send(byte what, Matrix<double> matrix, int block)
        {
            to.Write(what);
            to.Write(block);
            HalfLayer.Write(to, matrix);
            to.Flush();
            return (long)matrix.RowCount * matrix.ColumnCount;
        }

        public Matrix<double> Receive()
        {
            try
            {
                return HalfLayer.Read(from);
            }
            catch (EndOfStreamException)
            {
                throw new InvalidOperationException($"A worker has ended{(process.HasExited ? $", with {process.ExitCode}" : "")}: start the two again.");
            }
        }

        // A worker ends by itself when its input ends, also when this process is no more.
        public void Dispose()
        {
            to.Dispose();
            if (!process.WaitForExit(2000)) process.Kill();
            process.Dispose();
        }
    }
}

/// <summary>What runs in each of the <see cref="TwoWorkers"/>: half of a feed-forward block, asked through a pipe.</summary>
public static class HalfLayer
{
    /// <summary>The word with which the course's program is started as such a worker.</summary>
    public const string Verb = "half-layer";

    internal const byte Weights = 1, Forward = 2, Backward = 3;

    /// <summary>Answers until the input ends.</summary>
    /// <param name="input">Where requests come from.</param>
    /// <param name="output">Where answers go.</param>
    public static void Serve(Stream input, Stream output)
    {
        using var from = new BinaryReader(input);
        using var to = new BinaryWriter(output);
        // The halves of the blocks that were sent so far, and what the last forward pass went through.
        List<(Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2)> blocks = [];
        (Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2) half = default;
        Matrix<double>? H = null;
        while (true)
        {
            int request = input.ReadByte();
            if (request < 0) return;
            if (request == Weights)
            {
                blocks.Add((Read(from), Read(from).Row(0), Read(from)));
                continue;
            }
            int block = from.ReadInt32();
            Matrix<double> sent = Read(from), answer;
            switch ((byte)request)
            {
                case Forward:
                    half = blocks[block];
                    H = Layers.RowOperations.AddRow(sent * half.W_1!, half.b_1!);
                    answer = H.PointwiseMaximum(0) * half.W_2!;
                    break;
                case Backward:
                    answer = (sent * half.W_2!.Transpose()).PointwiseMultiply(H!.Map(h => h > 0 ? 1.0 : 0)) * half.W_1!.Transpose();
                    break;
                default:
                    throw new InvalidDataException($"Request {request} is none: there are 1, 2 and 3.");
            }
            Write(to, answer);
            to.Flush();
        }
    }

    internal static void Write(BinaryWriter to, Matrix<double> matrix)
    {
        to.Write(matrix.RowCount);
        to.Write(matrix.ColumnCount);
        foreach (double number in matrix.ToRowMajorArray()) to.Write(number);
    }

    internal static Matrix<double> Read(BinaryReader from)
    {
        (int rows, int columns) = (from.ReadInt32(), from.ReadInt32());
        var matrix = Matrix<double>.Build.Dense(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = from.ReadDouble();
        return matrix;
    }
}
