using System.Globalization;
using System.Net.Http.Headers;
using Azure;
using Azure.Core;

namespace Rekey.Azure.Http;

/// <summary>Reads how long a server asks to wait (RFC 9110 §10.2.3, and Azure's own headers in milliseconds).</summary>
internal static class RetryAfter
{
    public static TimeSpan? Of(Response? response, TimeProvider timeProvider) =>
        response is null ? null : Of(response.Headers, timeProvider);

    public static TimeSpan? Of(RetryConditionHeaderValue? header, TimeProvider timeProvider) =>
        header?.Delta is { } delta ? Bounded(delta.TotalSeconds)
        : header?.Date is { } at ? Bounded((at - timeProvider.GetUtcNow()).TotalSeconds)
        : null;

    private static TimeSpan? Of(ResponseHeaders headers, TimeProvider timeProvider)
    {
        if (
            (headers.TryGetValue("retry-after-ms", out var text) || headers.TryGetValue("x-ms-retry-after-ms", out text))
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        )
        {
            return Bounded(milliseconds / 1000.0);
        }

        if (!headers.TryGetValue("Retry-After", out text))
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return Bounded(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? Bounded((at - timeProvider.GetUtcNow()).TotalSeconds)
            : null;
    }

    // Cap the wait at a day, so that a nonsensical header does not overflow a timer.
    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400));
}
