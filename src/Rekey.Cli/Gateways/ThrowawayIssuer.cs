using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Trust;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Cli.Gateways;

/// <summary>An issuer of one run: its keys, its tokens, and the lists that a Rekey would publish for it.</summary>
/// <param name="address">Where the gateway reaches its documents; also its name in tokens.</param>
internal sealed class ThrowawayIssuer(Uri address, string audience) : IDisposable
{
    public const string Environment = "gateway-test";

    /// <summary>The paths of what is served.</summary>
    public const string TrustPath = "/trust-list";
    public const string BlockPath = "/blocklist";
    public const string JwksPath = "/jwks.json";
    public const string ForeignJwksPath = "/foreign-jwks.json";

    private const string Name = "gateway-test";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private readonly ThrowawayKey _documents = new();

    public ThrowawayKey Current { get; } = new();

    /// <summary>Trusted from tomorrow on.</summary>
    public ThrowawayKey Announced { get; } = new();

    /// <summary>It signs no longer since an hour ago; tokens of before are still accepted.</summary>
    public ThrowawayKey Stopped { get; } = new();

    /// <summary>Its trust ended a minute ago.</summary>
    public ThrowawayKey Ended { get; } = new();

    /// <summary>Trusted until the second list revokes it.</summary>
    public ThrowawayKey Leaving { get; } = new();

    /// <summary>A trusted key whose older tokens are blocked as a whole.</summary>
    public ThrowawayKey Barred { get; } = new();

    /// <summary>A trusted key of another issuer.</summary>
    public ThrowawayKey Other { get; } = new();

    /// <summary>A key that no list names.</summary>
    public ThrowawayKey Foreign { get; } = new();

    public string Issuer { get; } = address.GetLeftPart(UriPartial.Authority);

    public string Audience => audience;

    /// <summary>The gateway's settings, as the section <c>Rekey</c> of its configuration.</summary>
    public JsonObject Settings =>
        new()
        {
            ["Address"] = Issuer,
            ["Environment"] = Environment,
            ["DocumentKey"] = new JsonObject
            {
                ["kty"] = "EC",
                ["crv"] = "P-256",
                ["x"] = _documents.Public.X,
                ["y"] = _documents.Public.Y,
            },
        };

    /// <summary>Serves the first lists, and what a plain OIDC validator reads.</summary>
    /// <param name="blockedByHash">A token that the first blocklist names by its hash.</param>
    /// <returns>The documents, to offer them again later.</returns>
    public async Task<(byte[] Trust, byte[] Blocks)> PublishFirstAsync(
        OfferedDocuments offered,
        string blockedByHash,
        CancellationToken cancellationToken
    )
    {
        offered.Put(
            "/.well-known/openid-configuration",
            new JsonObject
            {
                ["issuer"] = Issuer,
                ["jwks_uri"] = Issuer + JwksPath,
                ["authorization_endpoint"] = $"{Issuer}/authorize",
                ["token_endpoint"] = $"{Issuer}/token",
                ["response_types_supported"] = new JsonArray("code"),
                ["subject_types_supported"] = new JsonArray("public"),
                ["id_token_signing_alg_values_supported"] = new JsonArray("ES256"),
            }.ToJsonString()
        );
        offered.Put(ForeignJwksPath, $$"""{"keys":[{{Foreign.Jwk}}]}""");
        return await PublishAsync(
            offered,
            Trust(1, Current, Announced, Stopped, Ended, Leaving, Barred),
            new(
                1,
                [
                    Block(BlockKind.Token, "blocked-token"),
                    Block(BlockKind.SigningInput, CraftedToken.Hash(blockedByHash)),
                    Block(BlockKind.Subject, "blocked-subject"),
                    Block(BlockKind.Kid, Barred.Kid),
                ]
            ),
            cancellationToken
        );
    }

    /// <summary>Serves the next lists: they block one more token and revoke a key.</summary>
    public Task<(byte[] Trust, byte[] Blocks)> PublishNextAsync(
        OfferedDocuments offered,
        string blockedByJti,
        CancellationToken cancellationToken
    ) =>
        PublishAsync(
            offered,
            Trust(2, Current, Announced, Stopped, Ended, Barred) with
            {
                Revoked = [Leaving.Kid],
            },
            new(2, [Block(BlockKind.Token, blockedByJti)]),
            cancellationToken
        );

    /// <summary>The usual header of a key.</summary>
    public static JsonObject Header(ThrowawayKey key) =>
        new()
        {
            ["alg"] = "ES256",
            ["kid"] = key.Kid,
            ["typ"] = "at+jwt",
        };

    /// <summary>The claims of an honest token.</summary>
    /// <param name="age">How long ago it was issued. It lives 50 minutes from then on.</param>
    public JsonObject Claims(string jti, string subject = "gateway-test", TimeSpan age = default)
    {
        var issued = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)age.TotalSeconds;
        return new()
        {
            ["iss"] = Issuer,
            ["aud"] = audience,
            ["sub"] = subject,
            ["client_id"] = "gateway-test",
            ["jti"] = jti,
            ["iat"] = issued,
            ["exp"] = issued + 3000,
        };
    }

    /// <summary>A token in order, of this key.</summary>
    public string Mint(ThrowawayKey key, string jti, string subject = "gateway-test", TimeSpan age = default) =>
        key.Token(Header(key).ToJsonString(), Claims(jti, subject, age).ToJsonString());

    public void Dispose()
    {
        foreach (var key in new[] { _documents, Current, Announced, Stopped, Ended, Leaving, Barred, Other, Foreign })
        {
            key.Dispose();
        }
    }

    private async Task<(byte[] Trust, byte[] Blocks)> PublishAsync(
        OfferedDocuments offered,
        TrustList trust,
        Blocklist blocks,
        CancellationToken cancellationToken
    )
    {
        var signed = await SignedDocument.SignAsync(
            _documents,
            TrustDocuments.TrustListType,
            TrustDocuments.Payload(trust),
            cancellationToken
        );
        var sign = new SignBlocklist(_documents, new GovernedKeys(Environment, []), new(), TimeProvider.System);
        var (_, list) = await sign.SignAsync(blocks, LineHashes.None, acceptedNumber: 0, cancellationToken);
        Offer(offered, (signed, list));

        // As Rekey publishes it: announced versions are in the JWKS, those whose trust has ended are not.
        var inJwks = trust with { Keys = [.. trust.Keys.Where(k => !(k.Window.TrustedUntil <= DateTimeOffset.UtcNow))] };
        offered.Put(JwksPath, TrustDocuments.Jwks(inJwks, Name), "application/jwk-set+json");
        return (signed, list);
    }

    /// <summary>Serves these signed lists.</summary>
    public static void Offer(OfferedDocuments offered, (byte[] Trust, byte[] Blocks) lists)
    {
        offered.Put(TrustPath, lists.Trust, "application/jwt");
        offered.Put(BlockPath, lists.Blocks, "application/jwt");
    }

    private TrustList Trust(long sequence, params ThrowawayKey[] own)
    {
        var now = DateTimeOffset.UtcNow;
        return new(
            Environment,
            sequence,
            now,
            now.AddHours(12),
            LedgerMark.Empty,
            [.. own.Select(k => Entry(k, Name, Issuer)), Entry(Other, "other", $"{Issuer}/other")],
            []
        )
        {
            Tokens = new(Lifetime.TotalSeconds, 60),
        };
    }

    private TrustEntry Entry(ThrowawayKey key, string name, string issuer)
    {
        var (yesterday, tomorrow) = (_start.AddDays(-1), _start.AddDays(1));
        TrustWindow window =
            key == Announced ? new(tomorrow, tomorrow, IssuedUntil: null, TrustedUntil: null)
            : key == Stopped ? new(yesterday, yesterday, _start.AddHours(-1), tomorrow)
            : key == Ended ? new(yesterday, yesterday, _start.AddMinutes(-1), _start.AddMinutes(-1))
            : new(yesterday, yesterday, IssuedUntil: null, TrustedUntil: null);
        return new(
            $"gateway-test/{name}",
            key.Kid,
            key.Kid,
            key.Kid,
            key.Public,
            name,
            issuer,
            [audience],
            ["ES256"],
            window,
            Current: key == Current || key == Other
        );
    }

    private BlockEntry Block(BlockKind kind, string value) =>
        new(
            kind,
            Issuer,
            value,
            kind is BlockKind.Subject or BlockKind.Kid ? _start : null,
            _start.AddHours(2),
            "gateway-test",
            FindingId: null
        );

    /// <summary>A name that no other run has.</summary>
    public static string Fresh(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}-{Guid.NewGuid():N}");
}
