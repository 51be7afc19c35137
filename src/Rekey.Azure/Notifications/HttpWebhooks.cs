using System.Net.Http.Headers;
using Rekey.Azure.Http;
using Rekey.Core;
using Rekey.Notifications.Channels;

namespace Rekey.Azure.Notifications;

/// <summary>
/// Posts documents over https. It follows no redirect, and neither traces nor messages contain the address: a person who knows the
/// address of a chat's webhook can write there.
/// </summary>
public sealed class HttpWebhooks : IWebhooks, IDisposable
{
    /// <summary>The time-out of a request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int LongestAnswer = 4 * 1024;

    private readonly HttpClient _client;
    private readonly TimeProvider _timeProvider;

    /// <param name="handler">A handler that follows no redirects; disposed with this.</param>
    public HttpWebhooks(SocketsHttpHandler handler, TimeProvider timeProvider)
    {
        // Without a propagator the client makes no activity, whose tags would have the address.
        handler.ActivityHeadersPropagator = null;
        (_client, _timeProvider) = (new(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan }, timeProvider);
    }

    public async Task<WebhookAnswer> PostAsync(
        Uri url,
        ReadOnlyMemory<byte> json,
        IReadOnlyDictionary<string, string> headers,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(Timeout, _timeProvider);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(json) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            foreach (var (name, value) in headers)
            {
                request.Headers.Add(name, value);
            }

            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);

            // Read a short answer, so that the connection can be used again; a longer one is cut off.
            await using var stream = await response.Content.ReadAsStreamAsync(late.Token);
            await BoundedBody.SkipAsync(stream, LongestAnswer, late.Token);
            return new((int)response.StatusCode, RetryAfter.Of(response.Headers.RetryAfter, _timeProvider));
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            // The failure's own message may have the address.
            throw new RetryLaterException(
                $"A webhook did not answer ({(failure as HttpRequestException)?.HttpRequestError.ToString() ?? failure.GetType().Name})."
            );
        }
    }

    public void Dispose() => _client.Dispose();
}
