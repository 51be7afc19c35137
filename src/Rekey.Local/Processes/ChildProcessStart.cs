namespace Rekey.Local.Processes;

/// <summary>A program to start and the receivers of its output.</summary>
/// <param name="FileName">Full path of the program.</param>
/// <param name="Arguments">One item an argument; no shell is involved.</param>
/// <param name="WorkingDirectory">An existing folder.</param>
internal sealed record ChildProcessStart(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    /// <summary>Variables that extend and override the inherited environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Called for each line of standard output.</summary>
    public Action<string>? OnOutput { get; init; }

    /// <summary>Called for each line of standard error.</summary>
    public Action<string>? OnError { get; init; }

    /// <summary>Gives the child a pipe as standard input; it closes when this process ends, however it ends.</summary>
    public bool HoldStandardInput { get; init; }
}
