using Rekey.Core;
using Rekey.Findings;

namespace Rekey.Functions.Wire;

/// <summary>
/// Runs the parts of a timer's work one after another. A part that fails holds up no other. A refusal is one finding for as long as it
/// lasts, and no dead letter, since the timer runs the part again.
/// </summary>
public sealed class RunParts(IFindings findings, TimeProvider timeProvider, ILogger<RunParts> log)
{
    /// <param name="parts">Each with its name, which is the same every time.</param>
    /// <exception cref="RetryLaterException">A part could not work now. The others were run.</exception>
    /// <exception cref="CannotContinueException">The finding about a refusal could not be recorded.</exception>
    public async Task RunAsync(IEnumerable<(string What, Func<CancellationToken, Task> Act)> parts, CancellationToken cancellationToken)
    {
        var failures = new Failures();
        foreach (var (what, act) in parts)
        {
            CannotContinueException? refusal = null;
            var failure = await failures.TryAsync(async () =>
                refusal = await findings.ReportRefusalAsync(what, act, timeProvider, cancellationToken)
            );
            if ((failure ?? refusal) is { } wrong)
            {
                log.LogWarning("The timer could not do this part: {What}. {Message}", what, wrong.Message);
            }
        }

        failures.Throw();
    }
}
