using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Rekey.Offboarding;

namespace Rekey.Azure.Entra;

/// <summary>Reads people through Microsoft Graph v1.0. Least right: application permission <c>User.Read.All</c>.</summary>
public sealed class GraphDirectory : IDirectory
{
    private const int LongestReply = 64 * 1024;

    private readonly HttpPipeline _pipeline;
    private readonly Uri _endpoint;
    private readonly TimeProvider _time;

    public GraphDirectory(TokenCredential credential, GraphClientOptions options, TimeProvider time)
    {
        _pipeline = HttpPipelineBuilder.Build(options, [], [new BearerTokenAuthenticationPolicy(credential, options.Scope)], TransientClassifier.Repeatable);
        _endpoint = options.Endpoint;
        _time = time;
    }

    public async Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancel)
    {
        // accountEnabled comes only when it is asked for.
        var user = await GetAsync($"/v1.0/users/{personId:D}", "id,accountEnabled", personId, cancel);
        if (user is not null)
        {
            return user.AccountEnabled switch
            {
                true => PersonStanding.Enabled,
                false => PersonStanding.Disabled,
                null => throw new CannotContinueException("graph-forbidden", $"Graph shows the user {personId:D} without accountEnabled.",
                    "Grant the app's identity User.Read.All: with User.ReadBasic.All this member is left out."),
            };
        }

        var deleted = await GetAsync($"/v1.0/directory/deletedItems/{personId:D}", "id", personId, cancel);
        return deleted is { Type: null or "#microsoft.graph.user" } ? PersonStanding.Deleted : PersonStanding.Unknown;
    }

    /// <summary>The object, or null when Graph itself says that there is none.</summary>
    private async Task<GraphWire.DirectoryObject?> GetAsync(string path, string select, Guid personId, CancellationToken cancel)
    {
        var what = $"Reading {path}";
        try
        {
            using var message = _pipeline.CreateMessage();
            message.ResponseClassifier = TransientClassifier.Repeatable;
            message.BufferResponse = false;
            message.Request.Method = RequestMethod.Get;
            message.Request.Uri.Reset(_endpoint);
            message.Request.Uri.AppendPath(path, escape: false);
            message.Request.Uri.AppendQuery("$select", select, escapeValue: false);
            message.Request.Headers.Add("Accept", "application/json");
            await _pipeline.SendAsync(message, cancel);
            var body = await BoundedBody.ReadAsync(message.Response, LongestReply, what, cancel);
            return message.Response.Status switch
            {
                200 => Read(body, GraphJson.Default.DirectoryObject) is { } found && Guid.TryParse(found.Id, out var id) && id == personId
                    ? found
                    : throw new RetryLaterException($"{what}: the reply is not about that object."),
                // Whoever stands between us and Graph can say 404 too, and nobody must be taken for a leaver because of that.
                404 => Read(body, GraphJson.Default.Failure)?.Error?.Code is { Length: > 0 }
                    ? null
                    : throw new RetryLaterException($"{what}: 404 without Graph's error body."),
                _ => throw Refusal(message.Response.Status, Read(body, GraphJson.Default.Failure)?.Error?.Code, what, RetryAfter.Of(message.Response, _time)),
            };
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw Unreachable(failure, what);
        }
    }

    private static Exception Refusal(int status, string? code, string what, TimeSpan? retryAfter)
    {
        var said = $"{what}: {status} {code}.";
        return status switch
        {
            408 or 409 or 429 or >= 500 => new RetryLaterException(said, retryAfter),
            401 or 403 => new CannotContinueException("graph-forbidden", said, "Grant the app's identity the application permission User.Read.All with admin consent."),
            _ => new CannotContinueException("graph-bad-request", said, "Check the Graph endpoint of the configured cloud."),
        };
    }

    private static Exception Unreachable(Exception failure, string what) => failure switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Unreachable(last, what),
        AuthenticationFailedException refused => OutsideFailures.OfCredential(refused, what),
        _ => new RetryLaterException($"{what}: no reply ({failure.Message})", delay: null, failure),
    };

    private static T? Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
