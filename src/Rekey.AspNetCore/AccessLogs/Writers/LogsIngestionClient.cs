using System.Net;
using System.Net.Http.Headers;

namespace Rekey.AspNetCore.AccessLogs.Writers;

/// <summary>A client of the Logs Ingestion API of Azure Monitor.</summary>
/// <param name="token">Gives a token of Entra for the API.</param>
internal sealed class LogsIngestionClient(DataCollectionRule rule, Func<CancellationToken, ValueTask<string>> token) : IDisposable
{
    /// <summary>The longest body to begin a further row in: the API takes 1 MB in a call, and a row and the brackets must fit
    /// beside.</summary>
    public const int MaxBytes = 900 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        MaxResponseContentBufferSize = 1024 * 1024,
    };

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a JSON array of rows.</summary>
    /// <exception cref="RowsRefusedException">The rule will never take these rows.</exception>
    /// <exception cref="HttpRequestException">They may be taken later.</exception>
    public async Task SendAsync(string stream, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var address = new Uri(
            rule.Endpoint!,
            $"/dataCollectionRules/{Uri.EscapeDataString(rule.RuleId)}/streams/{Uri.EscapeDataString(stream)}?api-version=2023-01-01"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(cancellationToken));
        request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new("application/json") } };
        using var response = await _http.SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge)
        {
            throw new RowsRefusedException($"Azure Monitor answered {(int)response.StatusCode} for the stream {stream}.");
        }

        // Rights and rules come late, and throttling ends: anything else is tried again.
        response.EnsureSuccessStatusCode();
    }
}
