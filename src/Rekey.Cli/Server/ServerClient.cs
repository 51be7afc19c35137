using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Rekey.Azure.Hosting;
using Rekey.Core;

namespace Rekey.Cli.Server;

/// <summary>Calls the HTTP API of a running Rekey. A token goes to no other server and is never shown.</summary>
internal sealed partial class ServerClient : IDisposable
{
    private const int LongestReply = 16 * 1024 * 1024;
    private const int MostPages = 1_000;

    private readonly Connection _connection;
    private readonly HttpClient _http;
    private readonly HttpClientTransport _transport;
    private readonly HttpPipeline _pipeline;
    private AccessToken _token;

    public ServerClient(Connection connection)
    {
        _connection = connection;
        _http = new HttpClient(TrustedTransport.Handler(connection.Trust)) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_http);
        _pipeline = HttpPipelineBuilder.Build(new ServerClientOptions(_transport));
    }

    public Uri Server => _connection.Server;

    /// <summary>What the last answer's header <c>Rekey-State</c> says: <c>running</c>, <c>stopped</c> or <c>unknown</c>; null when it has
    /// none.</summary>
    public string? State { get; private set; }

    public Uri AddressOf(ServerRequest request) => new(Server, request.Path);

    /// <summary>Sends a request and gives the answer.</summary>
    /// <exception cref="CannotContinueException">Rekey refused it, could not be reached, or the person is not signed in.</exception>
    /// <exception cref="RetryLaterException">Rekey asks to try again later, and did so after every retry.</exception>
    public Task<ServerAnswer> SendAsync(ServerRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, AddressOf(request), cancellationToken);

    /// <summary>Reads a list, page by page, up to a limit.</summary>
    /// <param name="names">The names that the member with the items may have.</param>
    public async Task<ItemList> ListAsync(
        ServerRequest request,
        IReadOnlyCollection<string> names,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var answer = await SendAsync(request, cancellationToken);
        if (ItemsOf(answer.Body, names) is not { } items)
        {
            return new(answer.Body, null, HasMore: false);
        }

        var (whole, address) = (answer.Body, AddressOf(request));
        var next = NextOf(answer, address);
        for (var page = 1; next is not null && items.Count < limit; page++)
        {
            if (page == MostPages)
            {
                throw new CannotContinueException(
                    "too-many-pages",
                    $"{request.Path} has more than {MostPages:N0} pages.",
                    "Give a smaller --limit, or a filter."
                );
            }

            answer = await SendAsync(request, next, cancellationToken);
            foreach (var item in (ItemsOf(answer.Body, names) ?? []).ToList())
            {
                items.Add(item?.DeepClone());
            }

            next = NextOf(answer, next);
        }

        var hasMore = next is not null || items.Count > limit;
        while (items.Count > limit)
        {
            items.RemoveAt(items.Count - 1);
        }

        return new(whole, items, hasMore);
    }

    /// <summary>Reads an answer that is not JSON, whole.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadBytesAsync(ServerRequest request, CancellationToken cancellationToken) =>
        (await ReadAsync(request, AddressOf(request), cancellationToken)).Body;

    public void Dispose()
    {
        _transport.Dispose();
        _http.Dispose();
    }

    private async Task<ServerAnswer> SendAsync(ServerRequest request, Uri address, CancellationToken cancellationToken)
    {
        var (status, body, type, next) = await ReadAsync(request, address, cancellationToken);
        return new(status, JsonOf(status, type, body, address), next);
    }

    private async Task<(int Status, ReadOnlyMemory<byte> Body, string? Type, Uri? Next)> ReadAsync(
        ServerRequest request,
        Uri address,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var message = _pipeline.CreateMessage();
            message.ResponseClassifier = RetryClassifier.Instance;
            message.BufferResponse = false;
            message.Request.Method = request.Method;
            message.Request.Uri.Reset(address);
            message.Request.Headers.Add("Accept", "application/json");
            message.Request.Headers.Add("Authorization", $"Bearer {await TokenAsync(cancellationToken)}");
            if (request.Body is { } body)
            {
                message.Request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(body.ToJsonString()));
                message.Request.Headers.Add("Content-Type", "application/json");
            }

            await _pipeline.SendAsync(message, cancellationToken);
            State = message.Response.Headers.TryGetValue("Rekey-State", out var state) ? state : null;
            var status = message.Response.Status;
            var (answer, type) = (await ReadAsync(message.Response, address, cancellationToken), message.Response.Headers.ContentType);
            return status is >= 200 and < 300 || (status is 503 && request.TakesUnavailable)
                ? (status, answer, type, LinkOf(message.Response, address))
                : throw ServerProblem.Of(
                    status,
                    JsonOf(status, type, answer, address),
                    request,
                    _connection,
                    RetryClassifier.RetryAfter(message.Response)
                );
        }
        catch (Exception failure)
            when (failure is RequestFailedException or HttpRequestException or IOException or AggregateException
                || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new CannotContinueException(
                "server-unreachable",
                $"{address.GetLeftPart(UriPartial.Authority)} cannot be reached: {Short(failure.GetBaseException())}",
                request.Method == RequestMethod.Get
                    ? "Check the address in --server or the profile, your network, and --trusted-ca."
                    : "Whether the request was carried out is unknown if the connection broke. Look before you send it again.",
                failure
            );
        }
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        if (_token.ExpiresOn <= DateTimeOffset.UtcNow.AddMinutes(1))
        {
            _token = await _connection.TokenAsync(cancellationToken);
        }

        return _token.Token;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Response response, Uri address, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        if (response.ContentStream is { } stream)
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                body.Write(buffer, 0, read);
                if (body.Length > LongestReply)
                {
                    throw new CannotContinueException(
                        "reply-too-long",
                        $"The answer of {address} is longer than {LongestReply / (1024 * 1024)} MiB.",
                        "Check that --server is the address of Rekey."
                    );
                }
            }
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static JsonNode? JsonOf(int status, string? type, ReadOnlyMemory<byte> body, Uri address)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(body.Span);
        }
        catch (JsonException)
        {
            // A proxy's page with a 4xx or 5xx is explained by its status.
            return status >= 400
                ? null
                : throw new CannotContinueException(
                    "not-rekey",
                    $"{address} answered {status} with {type ?? "no type"}, not JSON.",
                    "Check that --server is the address of Rekey."
                );
        }
    }

    /// <summary>The next page by the <c>Link</c> header, or by the member <c>next</c>, whose value the query takes as
    /// <c>after</c>.</summary>
    private Uri? NextOf(ServerAnswer answer, Uri address)
    {
        var next = answer.Next
            ?? (
                answer.Body is JsonObject page && page["next"] is JsonValue value && value.TryGetValue<string>(out var after)
                    ? WithAfter(address, after)
                    : null
            );
        return
            next is null
            || Uri.Compare(next, Server, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? next
            : throw new CannotContinueException(
                "next-page-elsewhere",
                $"{Server} links to a next page on {next.GetLeftPart(UriPartial.Authority)}. No token is sent there.",
                "Check the proxies before Rekey."
            );
    }

    private static Uri WithAfter(Uri address, string after)
    {
        var query = address
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(p => !p.StartsWith("after=", StringComparison.Ordinal))
            .Append($"after={Uri.EscapeDataString(after)}");
        return new UriBuilder(address) { Query = string.Join('&', query) }.Uri;
    }

    private static Uri? LinkOf(Response response, Uri address) =>
        response.Headers.TryGetValues("Link", out var links)
        && links.Select(l => NextLink().Match(l)).FirstOrDefault(m => m.Success) is { } link
        && Uri.TryCreate(address, link.Groups["to"].Value, out var next)
            ? next
            : null;

    private static JsonArray? ItemsOf(JsonNode? body, IReadOnlyCollection<string> names) =>
        body as JsonArray ?? names.Select(n => (body as JsonObject)?[n]).OfType<JsonArray>().FirstOrDefault();

    internal static string Short(Exception failure)
    {
        var line = failure.Message.ReplaceLineEndings("\n").Split('\n')[0];
        return line.Length <= 300 ? line : line[..300] + "...";
    }

    /// <summary>RFC 8288 §3: a target, and parameters of which one is the relation.</summary>
    [GeneratedRegex(
        """<(?<to>[^<>]*)>[^<]*;\s*rel\s*=\s*"?(?:[^",;]*\s)?next\b""",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex NextLink();
}
