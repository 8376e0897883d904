using System.Reflection;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Runs what a package brings along to make its types show in notebooks.</summary>
/// <remarks>
/// .NET Interactive loads assemblies in a package's folder <c>interactive-extensions/dotnet</c> and calls
/// <c>OnLoadAsync</c> of each type that implements its <c>IKernelExtension</c>. Most extensions register formatters and
/// ask nothing of the kernel they are given; those work here. One that does ask, or that needs an assembly of .NET
/// Interactive which the package does not bring along, is left aside: everything else in the package works.
/// </remarks>
internal static class PackageExtensions
{
    private const string Folder = "interactive-extensions/dotnet";
    private const string Contract = "Microsoft.DotNet.Interactive.IKernelExtension";

    /// <summary>Finds the extension assemblies among a package's folders.</summary>
    public static IEnumerable<string> Find(IEnumerable<string> packageFolders) =>
        packageFolders.Select(package => Path.Combine(package, Folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal));

    /// <summary>Runs the extensions of one assembly.</summary>
    /// <returns>A sentence about what did not work; null where there is nothing to say.</returns>
    public static string? Run(CellLoadContext assemblies, string path)
    {
        try
        {
            assemblies.Add(path);
            Assembly assembly = assemblies.LoadFromAssemblyPath(path);
            foreach (Type type in assembly.GetTypes())
            {
                if (type.IsAbstract || type.GetInterface(Contract) is not { } contract) continue;
                object extension = Activator.CreateInstance(type)!;
                if (contract.GetMethod("OnLoadAsync")?.Invoke(extension, [null]) is Task loading) loading.GetAwaiter().GetResult();
            }

            return null;
        }
        // The assembly is foreign code: whatever it throws, the package's own types can still be used.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            if (AsksForKernel(cause)) return null;
            return $"The notebook extension {Path.GetFileName(path)} could not be loaded: {cause.Message}";
        }
    }

    private static bool AsksForKernel(Exception e) => e switch
    {
        ReflectionTypeLoadException types => types.LoaderExceptions.Any(loader => loader is not null && AsksForKernel(loader)),
        FileNotFoundException { FileName: { } file } => file.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal),
        // What it does with the kernel, which is null.
        NullReferenceException => true,
        _ => false,
    };
}
