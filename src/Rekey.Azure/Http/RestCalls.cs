using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Rekey.Core;

namespace Rekey.Azure.Http;

/// <summary>JSON calls of a service that pages and throttles: Azure Resource Manager and Microsoft Graph. Refusals become Rekey's two
/// exceptions.</summary>
/// <param name="credential">The identity.</param>
/// <param name="scope">The scope of its tokens.</param>
/// <param name="gates">The gates of the identity.</param>
internal sealed class RestCalls(
    TokenCredential credential,
    string scope,
    ClientOptions options,
    RestService service,
    RateGates gates,
    TimeProvider timeProvider
)
{
    private const int MaxPages = 1_000;

    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(
        options,
        [],
        [new BearerTokenAuthenticationPolicy(credential, scope)],
        TransientClassifier.Repeatable
    );

    private readonly RateGate _gate = gates.Of(RateLimits.RestRequests(service.Endpoint.Authority));

    /// <summary>Reads one object; null if the service itself reports that it does not exist.</summary>
    public async Task<T?> GetAsync<T>(string pathAndQuery, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        await SendAsync(RequestMethod.Get, Address(pathAndQuery), body: null, $"Reading {Path(pathAndQuery)}", cancellationToken)
            is { } reply
            ? Parse(reply, type, Path(pathAndQuery))
            : null;

    /// <summary>Reads all pages of a list; null if the service reports that its parent does not exist.</summary>
    /// <param name="next">The address of the next page; null on the last.</param>
    public async Task<IReadOnlyList<TItem>?> ListAsync<TPage, TItem>(
        string pathAndQuery,
        JsonTypeInfo<TPage> type,
        Func<TPage, IReadOnlyList<TItem>?> items,
        Func<TPage, string?> next,
        CancellationToken cancellationToken
    )
        where TPage : class
    {
        var what = Path(pathAndQuery);
        var all = new List<TItem>();
        var address = Address(pathAndQuery);
        for (var page = 0; page < MaxPages; page++)
        {
            if (await SendAsync(RequestMethod.Get, address, body: null, $"Reading {what}", cancellationToken) is not { } reply)
            {
                return page == 0 ? null : throw new RetryLaterException($"Reading {what}: it was deleted between two pages.");
            }

            var read = Parse(reply, type, what);
            all.AddRange(items(read) ?? throw new RetryLaterException($"Reading {what}: the reply has no list."));
            if (next(read) is not { Length: > 0 } link)
            {
                return all;
            }

            address =
                Uri.TryCreate(link, UriKind.Absolute, out var at) && service.Owns(at)
                    ? at
                    : throw new CannotContinueException(
                        $"{service.Prefix}-bad-reply",
                        $"Reading {what}: the service links to a next page on another host. Rekey sends no token there.",
                        "Check the proxies between Rekey and Azure."
                    );
        }

        throw new CannotContinueException(
            $"{service.Prefix}-bad-reply",
            $"Reading {what}: more than {MaxPages} pages.",
            "Check the proxies between Rekey and Azure."
        );
    }

    /// <summary>Reads one page of a list.</summary>
    /// <param name="link">The link that an earlier page gave; null reads the first page.</param>
    /// <returns>Null when the service does not accept the link: it has expired, or is not the service's.</returns>
    public async Task<T?> FindPageAsync<T>(string first, string? link, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var address = Address(first);
        if (link is not null && !(Uri.TryCreate(link, UriKind.Absolute, out address!) && service.Owns(address)))
        {
            return null;
        }

        try
        {
            return await SendAsync(RequestMethod.Get, address, body: null, $"Reading {Path(first)}", cancellationToken) is { } reply
                ? Parse(reply, type, Path(first))
                : null;
        }
        catch (CannotContinueException refused) when (link is not null && refused.Reason == $"{service.Prefix}-bad-request")
        {
            // 410 and 400: the token in the link has expired or is unknown.
            return null;
        }
    }

    /// <summary>Sends a query with a body. A retry is harmless.</summary>
    public Task<TReply?> PostAsync<TBody, TReply>(
        string pathAndQuery,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TReply> type,
        CancellationToken cancellationToken
    )
        where TReply : class => SendJsonAsync(RequestMethod.Post, "Asking", pathAndQuery, body, bodyType, type, cancellationToken);

    /// <summary>Creates an object. The call is sent once: after a lost reply it may exist.</summary>
    /// <returns>Null for a conflict: there is one.</returns>
    public Task<TReply?> CreateAsync<TBody, TReply>(
        string pathAndQuery,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TReply> type,
        CancellationToken cancellationToken
    )
        where TReply : class =>
        SendJsonAsync(RequestMethod.Post, "Creating", pathAndQuery, body, bodyType, type, cancellationToken, Absence.Conflict);

    /// <summary>Changes members of an object; null if the service itself reports that it does not exist.</summary>
    public Task<TReply?> PatchAsync<TBody, TReply>(
        string pathAndQuery,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TReply> type,
        CancellationToken cancellationToken
    )
        where TReply : class => SendJsonAsync(RequestMethod.Patch, "Changing", pathAndQuery, body, bodyType, type, cancellationToken);

    /// <summary>Calls an action without a body that may be repeated; false if the service itself reports that its object does not
    /// exist.</summary>
    public async Task<bool> ActAsync(string pathAndQuery, CancellationToken cancellationToken) =>
        await SendAsync(RequestMethod.Post, Address(pathAndQuery), body: null, $"Calling {Path(pathAndQuery)}", cancellationToken)
            is not null;

    /// <summary>Deletes an object; succeeds if it is already gone.</summary>
    public Task DeleteAsync(string pathAndQuery, CancellationToken cancellationToken) =>
        SendAsync(RequestMethod.Delete, Address(pathAndQuery), body: null, $"Deleting {Path(pathAndQuery)}", cancellationToken);

    private async Task<TReply?> SendJsonAsync<TBody, TReply>(
        RequestMethod method,
        string doing,
        string pathAndQuery,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TReply> type,
        CancellationToken cancellationToken,
        Absence absence = Absence.NotFound
    )
        where TReply : class =>
        await SendAsync(
            method,
            Address(pathAndQuery),
            RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(body, bodyType)),
            $"{doing} {Path(pathAndQuery)}",
            cancellationToken,
            absence
        )
            is { } reply
            ? Parse(reply, type, Path(pathAndQuery))
            : null;

    /// <returns>Null for a 404 of the service itself, or for a conflict where that is the absence of a result.</returns>
    private async Task<ReadOnlyMemory<byte>?> SendAsync(
        RequestMethod method,
        Uri address,
        RequestContent? body,
        string what,
        CancellationToken cancellationToken,
        Absence absence = Absence.NotFound
    )
    {
        try
        {
            var (status, reply, retryAfter) = await _gate.RunAsync(
                () => SendOnceAsync(method, address, body, what, absence, cancellationToken),
                static reply => (reply.Status == 429, reply.RetryAfter),
                service.Waits,
                cancellationToken
            );
            if (status is 200 or 201 or 204)
            {
                return reply;
            }

            var error = Failure(reply)?.Error;
            return IsAbsence(status, error?.Code, absence) ? null : throw Refusal(status, error, what, retryAfter);
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw Unreachable(failure, what);
        }
    }

    private async Task<(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)> SendOnceAsync(
        RequestMethod method,
        Uri address,
        RequestContent? body,
        string what,
        Absence absence,
        CancellationToken cancellationToken
    )
    {
        using var message = _pipeline.CreateMessage();
        message.ResponseClassifier = absence is Absence.Conflict ? TransientClassifier.SentOnce : TransientClassifier.Repeatable;
        message.BufferResponse = false;
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.Add("Accept", "application/json");
        if (service.Prefer is { } prefer)
        {
            message.Request.Headers.Add("Prefer", prefer);
        }

        if (body is not null)
        {
            message.Request.Content = body;
            message.Request.Headers.Add("Content-Type", "application/json");
        }

        await _pipeline.SendAsync(message, cancellationToken);
        var reply = await BoundedBody.ReadAsync(message.Response, service.LongestReply, what, cancellationToken);
        return (message.Response.Status, reply, RetryAfter.Of(message.Response, timeProvider));
    }

    private static bool IsAbsence(int status, string? code, Absence absence) =>
        absence is Absence.Conflict ? status == 409 : status == 404 && code is { Length: > 0 } and not "SubscriptionNotFound";

    private Exception Refusal(int status, RestError? error, string what, TimeSpan? retryAfter)
    {
        var code = error?.Code;
        var words =
            service.RepeatsMessages && error?.Message is { Length: > 0 } message ? $" {message[..Math.Min(message.Length, 300)]}" : "";
        var said = $"{what}: {status} {code}.{words}";
        return (status, code) switch
        {
            (404, null or "") => new RetryLaterException($"{what}: 404 without the service's error body."),
            (409, "ScopeLocked") => new CannotContinueException(
                $"{service.Prefix}-locked",
                said,
                "A delete lock at or above the vault blocks removals. Replace the lock by deny settings of a deployment stack."
            ),
            (408 or 409 or >= 500, _) => new RetryLaterException(said, retryAfter),
            (401 or 403 or 404, _) => new CannotContinueException($"{service.Prefix}-forbidden", said, service.Forbidden),
            (400, "AadPremiumLicenseRequired") => new CannotContinueException(
                NoLicence,
                said,
                "Privileged Identity Management is not licensed here."
            ),
            _ => new CannotContinueException(
                $"{service.Prefix}-bad-request",
                said,
                "Check the endpoints of the configured cloud. If Rekey's request is wrong, report a bug."
            ),
        };
    }

    /// <summary>The reason of a refusal that means an empty result: an unlicensed feature cannot be set up.</summary>
    public const string NoLicence = "pim-not-licensed";

    private static Exception Unreachable(Exception failure, string what) =>
        failure switch
        {
            AggregateException { InnerExceptions: [.., var last] } => Unreachable(last, what),
            AuthenticationFailedException refused => OutsideFailures.OfCredential(refused, what),
            _ => new RetryLaterException($"{what}: no reply ({failure.Message})", delay: null, failure),
        };

    private static T Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, string what)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new RetryLaterException($"Reading {what}: the reply is null.");
        }
        catch (JsonException broken)
        {
            throw new RetryLaterException($"Reading {what}: the reply cannot be read.", delay: null, broken);
        }
    }

    private static RestFailure? Failure(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, RestJson.Default.RestFailure);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Which refusal of a service means that there is no result.</summary>
    private enum Absence
    {
        NotFound,
        Conflict,
    }

    private Uri Address(string pathAndQuery) => new(service.Endpoint, pathAndQuery);

    private static string Path(string pathAndQuery) => pathAndQuery.Split('?')[0];
}
