using System.Diagnostics;
using OpenTelemetry;

namespace Rekey.Functions.Hosting;

/// <summary>
/// Chooses the app's outgoing calls that are exported: every one that failed, and of the others one in <see cref="OneIn"/>. Invocations are not exported: each is an item of the host's already.
/// </summary>
/// <remarks>An idle app makes some hundred calls a minute by its timers. Kept all, they cost a gigabyte a month and say nothing.</remarks>
internal sealed class CallsWorthKeeping : BaseProcessor<Activity>
{
    public const int OneIn = 50;

    private int _calls;

    public override void OnEnd(Activity data)
    {
        if (data.Kind is ActivityKind.Client && (data.Status is ActivityStatusCode.Error || Interlocked.Increment(ref _calls) % OneIn == 1))
        {
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }
}
