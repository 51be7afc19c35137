using Rekey.Cli.Output;
using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>The engine's progress, said at once: the usual <see cref="Progress{T}"/> would say it later, on another thread.</summary>
internal sealed class EngineProgress(ProgressLines lines) : IProgress<LogProgress>
{
    public void Report(LogProgress value) => lines.Say(value.Percent is { } percent ? $"{value.Stage}: {percent:0} %" : value.Stage);
}
