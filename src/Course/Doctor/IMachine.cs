namespace TransformerByHand.Course.Doctor;

/// <summary>What the doctor may ask of the machine.</summary>
internal interface IMachine
{
    OperatingSystemKind System { get; }

    /// <summary>Runs a program and returns what it wrote to standard output; null if there is no such program or it fails.</summary>
    string? Run(string program, params string[] arguments);

    /// <summary>When a file was last written, or null if there is none.</summary>
    DateTime? Written(string file);

    /// <summary>The text of a file; null if it cannot be read.</summary>
    string? Text(string file);

    /// <summary>The files below a folder whose name ends so; none if there is no such folder.</summary>
    IEnumerable<string> Files(string folder, string ending);

    /// <summary>What a file holds, or null if it cannot be read.</summary>
    byte[]? Bytes(string file);

    /// <summary>Whether a folder exists.</summary>
    bool HasFolder(string folder);

    /// <summary>An environment variable, or null.</summary>
    string? Variable(string name);

    /// <summary>The user's own folder.</summary>
    string Home { get; }
}

/// <summary>What decides how a program is installed.</summary>
internal enum OperatingSystemKind
{
    Linux,
    MacOS,
    Windows,
}
