namespace Rekey.Tests.Architecture;

/// <summary>One C# file.</summary>
/// <param name="Path">From the root of the repository, with slashes.</param>
/// <param name="Types">The names of the types that stand in it at the top level.</param>
internal sealed record SourceFile(string Path, IReadOnlyList<string> Lines, IReadOnlyList<string> Types)
{
    public string Folder => Path[..Path.LastIndexOf('/')];

    /// <summary>The name without its ending, and without the part's name of a type in several files (Name.Part.cs).</summary>
    public string Name => System.IO.Path.GetFileName(Path).Split('.')[0];
}
