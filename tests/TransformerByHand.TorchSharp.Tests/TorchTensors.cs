using MathNet.Numerics.LinearAlgebra;
using TorchSharp;
using TransformerByHand.Layers;
using Tensor = TorchSharp.torch.Tensor;

namespace TransformerByHand.TorchSharp.Tests;

/// <summary>Carries numbers between the library's matrices and TorchSharp's tensors, in double precision.</summary>
internal static class TorchTensors
{
    /// <summary>A leaf of TorchSharp's graph with a parameter's numbers and shape, for which it is to compute a gradient.</summary>
    public static Tensor Leaf(Parameter parameter) => parameter.Shape.Count == 1
        ? torch.tensor(parameter.ToArray(), requires_grad: true)
        : torch.tensor(parameter.ToMatrix().ToArray(), requires_grad: true);

    /// <summary>A tensor with a matrix's numbers, without a gradient.</summary>
    public static Tensor Of(Matrix<double> M) => torch.tensor(M.ToArray());

    /// <summary>A tensor of booleans: true where attending is allowed.</summary>
    public static Tensor Of(Mask mask)
    {
        var allowed = new bool[mask.Queries, mask.Keys];
        for (int i = 0; i < mask.Queries; i++)
            for (int j = 0; j < mask.Keys; j++)
                allowed[i, j] = mask[i, j];
        return torch.tensor(allowed);
    }

    /// <summary>A tensor of token ids.</summary>
    public static Tensor Of(IReadOnlyList<int> ids) => torch.tensor(ids.Select(id => (long)id).ToArray());

    /// <summary>A tensor's numbers; a number or a vector becomes one row.</summary>
    public static Matrix<double> Read(Tensor tensor)
    {
        using var plain = tensor.detach().contiguous();
        double[] numbers = plain.data<double>().ToArray();
        long[] shape = plain.shape;
        return shape.Length < 2
            ? Matrix<double>.Build.DenseOfRowMajor(1, numbers.Length, numbers)
            : Matrix<double>.Build.DenseOfRowMajor((int)shape[0], (int)shape[1], numbers);
    }
}
