using System.Diagnostics;
using System.Net;
using OpenTelemetry;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>
/// Chooses the app's outgoing calls that are exported: every one that got no answer, was refused or throttled or failed at the other side,
/// and of the others one in <see cref="OneIn"/>. Invocations are not exported: each is an item of the host's already.
/// </summary>
/// <remarks>An idle app makes some hundred calls a minute by its timers. Kept all, they cost a gigabyte a month and say nothing. That a row
/// is missing or has changed (404, 409, 412) is no failure.</remarks>
internal sealed class CallsWorthKeeping : BaseProcessor<Activity>
{
    public const int OneIn = 100;

    private int _calls;

    public override void OnEnd(Activity data)
    {
        if (data.Kind is ActivityKind.Client && (IsFailure(data) || Interlocked.Increment(ref _calls) % OneIn == 0))
        {
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }

    private static bool IsFailure(Activity call) =>
        call.Status is ActivityStatusCode.Error
        && (
            call.GetTagItem("http.response.status_code") is not int status
            || status >= 500
            || (HttpStatusCode)status
                is HttpStatusCode.Unauthorized
                    or HttpStatusCode.Forbidden
                    or HttpStatusCode.RequestTimeout
                    or HttpStatusCode.TooManyRequests
        );
}
