namespace Rekey.Trust;

/// <summary>
/// Settings for the lifetimes of tokens, verifiers' caches and lists. Their relations decide whether a rotation is an outage.
/// </summary>
public sealed class TrustOptions
{
    /// <summary>The longest lifetime of an honest token, <c>exp - iat</c>.</summary>
    /// <remarks>One hour is Entra's default for access tokens and the common upper end for bearer tokens. A token with a longer life is
    /// refused by Introspect.</remarks>
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The tolerated clock skew.</summary>
    /// <remarks>Five minutes is what .NET's and most other verifiers allow (RFC 7519 §4.1.4: "no more than a few minutes").</remarks>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The JWKS document's <c>Cache-Control: max-age</c>.</summary>
    /// <remarks>Five minutes: short enough for a revocation, long enough that verifiers do not fetch it with every token.</remarks>
    public TimeSpan JwksMaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a verifier may refuse to fetch again after an unknown kid.</summary>
    /// <remarks>Verifiers in use wait ten seconds to five minutes.</remarks>
    public TimeSpan VerifierCoolDown { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a CDN, or this app while its storage is unreachable, may serve a document that it cannot revalidate.</summary>
    /// <remarks>A storage outage must not become an outage of every login; ten minutes is longer than most of them.</remarks>
    public TimeSpan StaleTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a signed list is valid. Rekey signs it again when half of this has passed.</summary>
    /// <remarks>
    /// The first half limits how long a restored old list works with a verifier without memory. The second is how long Rekey, or the
    /// vault of its document key, may be down before verifiers refuse every token. Six hours outlast most outages of a region. At least
    /// twice <see cref="StaleTime"/>, <see cref="InstanceCache"/> and five minutes.
    /// </remarks>
    public TimeSpan ListValidity { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long an instance of this app caches a published document and the ledger's state.</summary>
    /// <remarks>Two seconds: a revocation takes effect everywhere as soon, and storage is not read with every token.</remarks>
    public TimeSpan InstanceCache { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the slowest verifier trusts a key that has left the JWKS. No stolen key is called worthless before.</summary>
    /// <remarks>
    /// A plain .NET verifier keeps a document for 12 hours, and its last known good one for one more. At least <see cref="JwksMaxAge"/>,
    /// <see cref="StaleTime"/> and <see cref="InstanceCache"/> together.
    /// </remarks>
    public TimeSpan VerifierCacheTime { get; set; } = TimeSpan.FromHours(13);

    /// <summary>How long a new version is published before issuers sign with it, in a graceful rotation.</summary>
    /// <remarks>
    /// At least <see cref="JwksMaxAge"/> and <see cref="VerifierCoolDown"/> together: verifiers must know the key before tokens name it.
    /// </remarks>
    public TimeSpan AnnounceTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The time that signing a list again may take: the timer runs every minute, and may fail a few times.</summary>
    private static readonly TimeSpan PublishTime = TimeSpan.FromMinutes(5);

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        foreach (
            var (name, value) in new[]
            {
                (nameof(MaxTokenLifetime), MaxTokenLifetime),
                (nameof(JwksMaxAge), JwksMaxAge),
                (nameof(VerifierCacheTime), VerifierCacheTime),
            }
        )
        {
            if (value <= TimeSpan.Zero)
            {
                yield return $"Trust:{name} must be longer than zero.";
            }
        }

        foreach (
            var (name, value) in new[]
            {
                (nameof(ClockSkew), ClockSkew),
                (nameof(VerifierCoolDown), VerifierCoolDown),
                (nameof(StaleTime), StaleTime),
                (nameof(InstanceCache), InstanceCache),
            }
        )
        {
            if (value < TimeSpan.Zero)
            {
                yield return $"Trust:{name} must not be negative.";
            }
        }

        if (AnnounceTime < JwksMaxAge + VerifierCoolDown)
        {
            yield return $"Trust:AnnounceTime ({AnnounceTime}) must be at least JwksMaxAge + VerifierCoolDown "
                + $"({JwksMaxAge + VerifierCoolDown}): otherwise issuers sign with a key that verifiers do not know yet.";
        }

        if (VerifierCacheTime < JwksMaxAge + StaleTime + InstanceCache)
        {
            yield return $"Trust:VerifierCacheTime ({VerifierCacheTime}) must be at least JwksMaxAge + StaleTime + InstanceCache "
                + $"({JwksMaxAge + StaleTime + InstanceCache}): no verifier can forget sooner.";
        }

        var shortest = StaleTime + InstanceCache + PublishTime;
        if (ListValidity / 2 < shortest)
        {
            yield return $"Trust:ListValidity ({ListValidity}) must be at least twice StaleTime + InstanceCache and five minutes "
                + $"({2 * shortest}): a list would expire before the next one is out.";
        }

        if (ClockSkew > MaxTokenLifetime)
        {
            yield return "Trust:ClockSkew must not be longer than MaxTokenLifetime.";
        }
    }
}
