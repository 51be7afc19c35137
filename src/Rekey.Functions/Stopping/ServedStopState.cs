using Rekey.Core;
using Rekey.Functions.Trust;
using Rekey.Stopping;

namespace Rekey.Functions.Stopping;

/// <summary>
/// Whether Rekey is stopped, for readers: the header of every answer and <c>GET /healthz</c>. It is read again after a second, so that
/// callers cannot make Rekey read the ledger with each request. What changes something reads <see cref="KillSwitch"/> instead.
/// </summary>
public sealed class ServedStopState(KillSwitch killSwitch, TimeProvider timeProvider, ILogger<ServedStopState> log)
{
    /// <summary>The header of every answer: <c>running</c>, <c>stopped</c>, or <c>unknown</c> while the ledger cannot be read.</summary>
    public const string Header = "Rekey-State";

    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(1);

    private readonly Refreshed<StopState> _state = new(
        "kill switch",
        async (_, cancel) => (await killSwitch.ReadAsync(cancel), DateTimeOffset.MaxValue),
        Keep,
        timeProvider,
        log
    );

    /// <summary>The state; null when it cannot be read and was never read.</summary>
    public async ValueTask<StopState?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _state.GetAsync(cancellationToken);
        }
        catch (Exception e) when (e is RetryLaterException or OperationCanceledException)
        {
            return killSwitch.IsSet ? new StopState(BySetting: true, Stop: null) : null;
        }
    }

    /// <summary>Adds the header to an answer, whatever it will be.</summary>
    public void AddTo(HttpContext context) =>
        context.Response.OnStarting(async () =>
        {
            var state = await FindAsync(context.RequestAborted);
            context.Response.Headers[Header] =
                state is null ? "unknown"
                : state.IsStopped ? "stopped"
                : "running";
        });
}
