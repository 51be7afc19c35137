using System.Buffers;
using System.Text.Json;
using Rekey.Blocking;
using Rekey.Core;
using Rekey.Functions.Blocking;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Trust;

namespace Rekey.Functions.Trust;

/// <summary>
/// Judges a token by the published lists. An inactive token gets only <c>{"active":false}</c>. A blocked token passes every check like
/// any other, so that neither the answer nor its time shows a forger that Rekey has noticed them.
/// </summary>
public sealed class IntrospectToken(
    LedgerStanding ledger,
    PublishedTrust published,
    PublishedBlocklist blocklist,
    TrustOptions options,
    CallOptions calls,
    TimeProvider timeProvider
)
{
    private static readonly JsonEncodedText[] Shown =
    [
        .. new[] { "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "username" }.Select(n =>
            JsonEncodedText.Encode(n)
        ),
    ];
    private static readonly ReadOnlyMemory<byte> Inactive = """{"active":false}"""u8.ToArray();

    private ActiveTokens? _active;

    /// <summary>Gives the answer of RFC 7662 §2.2 as JSON.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> RunAsync(string token, CancellationToken cancellationToken)
    {
        // 1. Read the current lists and ledger. Cached answers of earlier ones do not count.
        var revoked = (await ledger.NowAsync(cancellationToken)).Trust;
        var view = await published.ViewAsync(cancellationToken);
        var list = view.List;
        var blocked = (await blocklist.ViewAsync(cancellationToken)).List;
        var now = timeProvider.GetUtcNow();
        var active =
            _active is { } known && known.RestsOn(list, blocked, revoked)
                ? known
                : _active = new(list, blocked, revoked, calls.RememberedTokens);

        // 2. Look in the cache.
        var hash = TokenHash.Of(token);
        if (active.Find(hash, now) is { } again)
        {
            Count("active");
            return again.Reply;
        }

        // 3. Check the token by the list, then by the ledger's revocations whatever list is published, then by the blocklist.
        var verdict = TokenJudge.Judge(token, list, options, now);
        var refusal =
            !verdict.Active ? verdict.Refusal
            : revoked.IsRevoked(verdict.Entry!.Thumbprint) ? "kid-revoked"
            : blocked.Blocks(TokenFacts.Of(token, verdict), now) ? "blocked"
            : null;
        if (view.Missing.Count > 0 && refusal == "kid-not-trusted")
        {
            throw new RetryLaterException("A vault does not give all keys, so Rekey cannot tell whether one of them signed this token.");
        }

        Count(refusal ?? "active");
        if (refusal is not null)
        {
            return Inactive;
        }

        var reply = Reply(verdict.Claims!.Value);
        active.Add(hash, new(reply, verdict.HoldsFrom, verdict.HoldsUntil));
        return reply;
    }

    private static ReadOnlyMemory<byte> Reply(JsonElement claims)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("active"u8, true);
            json.WriteString("token_type"u8, "Bearer"u8);
            foreach (var name in Shown)
            {
                if (claims.TryGetProperty(name.EncodedUtf8Bytes, out var value))
                {
                    json.WritePropertyName(name);
                    value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Count(string outcome) => Telemetry.Introspections.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
