using Rekey.Cli.Output;
using Rekey.DuckDb.Intake;

namespace Rekey.Cli.Detections;

/// <summary>Reports the engine's progress at once: <see cref="Progress{T}"/> would report it later, on another thread.</summary>
internal sealed class EngineProgress(ProgressLines lines) : IProgress<LogProgress>
{
    public void Report(LogProgress value) => lines.Say(value.Percent is { } percent ? $"{value.Stage}: {percent:0} %" : value.Stage);
}
