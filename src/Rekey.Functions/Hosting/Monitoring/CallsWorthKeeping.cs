using System.Diagnostics;
using System.Net;
using OpenTelemetry;

namespace Rekey.Functions.Hosting.Monitoring;

/// <summary>
/// Chooses the outgoing calls to export: every call that was unanswered, refused, throttled or failed, and one in <see cref="OneIn"/> of
/// the others. Invocations are not exported, since the host exports them.
/// </summary>
/// <remarks>The timers of an idle app make some hundred calls a minute, about a gigabyte a month. A missing or changed row (404, 409,
/// 412) is no failure.</remarks>
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
