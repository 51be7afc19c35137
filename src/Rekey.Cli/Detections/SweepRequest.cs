using Rekey.Cli.Commands;
using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>The input and parameters of one sweep of files.</summary>
internal sealed record SweepRequest(
    LogFilesInput Input,
    DuckDbOptions Engine,
    SweepParameters Parameters,
    IReadOnlyList<Detection> Detections
)
{
    /// <summary>Other files that the sweep reads: the map, the trust windows.</summary>
    public IReadOnlyList<string> OtherFiles { get; init; } = [];

    /// <summary>Whether a file is an input of the sweep.</summary>
    public bool Has(string file) => OutputFile.IsOneOf(file, OtherFiles) || Input.Has(file);
}
