using Rekey.Blocking;
using Rekey.Decisions;
using Rekey.Departures;
using Rekey.Detections.Sweeps;
using Rekey.Exposures;
using Rekey.Ledgers;
using Rekey.Notifications.Channels;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.Jose;
using Rekey.Trust.Lists;
using Rekey.VaultAccess;

namespace Rekey.Configuration;

/// <summary>
/// All of Rekey's settings, section <c>Rekey</c>. Relations between them are checked at the start, and every mistake is reported at once.
/// </summary>
public sealed class RekeyOptions
{
    /// <summary>The one environment that this deployment governs, such as <c>prod</c>.</summary>
    public string Environment { get; set; } = "";

    /// <summary>
    /// The kill switch: Rekey keeps departures without assessing them, changes no vault, and carries out no expired decision.
    /// </summary>
    /// <remarks>Rekey still serves lists: the kill switch must not stop logins.</remarks>
    public bool Stopped { get; set; }

    public IList<IssuerBinding> Issuers { get; set; } = [];

    public IList<GovernedKeyOptions> Keys { get; set; } = [];

    public DepartureOptions Departures { get; set; } = new();

    public ExposureOptions Exposures { get; set; } = new();

    public RotationOptions Rotations { get; set; } = new();

    public TrustOptions Trust { get; set; } = new();

    public SweepOptions Sweeps { get; set; } = new();

    public VaultAccessOptions VaultAccess { get; set; } = new();

    public BlockingOptions Blocking { get; set; } = new();

    public DecisionOptions Decisions { get; set; } = new();

    public LedgerOptions Ledger { get; set; } = new();

    public NotificationOptions Notifications { get; set; } = new();

    /// <summary>Lists every mistake, empty when there is none.</summary>
    public IReadOnlyList<string> Validate() =>
        [
            .. Environment.Length == 0 ? ["Environment must be named, such as prod."] : Array.Empty<string>(),
            .. Issuers.SelectMany(ValidateIssuer),
            .. Issuers
                .GroupBy(i => i.Name, StringComparer.Ordinal)
                .Where(g => g.Count() > 1)
                .Select(g => $"Issuers: the name '{g.Key}' is given to {g.Count()} issuers."),
            .. Keys.Count == 0
                ? ["Keys: no key is governed. Name at least one, with its VaultUri, Name and Issuer."]
                : Array.Empty<string>(),
            .. Keys.SelectMany(ValidateKey),
            .. Keys.Where(k => k.VaultUri is { IsAbsoluteUri: true })
                .GroupBy(k => new SigningKey(k.VaultUri!, k.Name).Id, StringComparer.Ordinal)
                .Where(g => g.Count() > 1)
                .Select(g => $"Keys: {g.Key} is listed {g.Count()} times."),
            .. ValidatePeaks(),
            .. Departures.Validate(),
            .. Exposures.Validate(),
            .. Rotations.Validate(),
            .. Trust.Validate(),
            .. Sweeps.Validate(Trust),
            .. VaultAccess.Validate(Environment),
            .. Blocking.Validate(),
            .. Decisions.Validate(),
            .. Ledger.Validate(),
            .. Notifications.Validate(),
        ];

    /// <summary>The governed keys with their issuers. Call after <see cref="Validate"/>.</summary>
    public GovernedKeys ToGovernedKeys() =>
        new(Environment, [.. Keys.Select(k => new BoundKey(new(k.VaultUri!, k.Name), Issuers.Single(i => i.Name == k.Issuer)))]);

    /// <summary>Declared custodians by key id.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ToCustodians() =>
        Keys.ToDictionary(
            k => new SigningKey(k.VaultUri!, k.Name).Id,
            k => (IReadOnlyList<string>)[.. k.Custodians],
            StringComparer.Ordinal
        );

    private static IEnumerable<string> ValidateIssuer(IssuerBinding issuer)
    {
        if (issuer.Name.Length is 0 or > 64 || !issuer.Name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
        {
            yield return $"Issuers: the name '{issuer.Name}' must be 1 to 64 lower-case letters, digits and hyphens: it stands in routes.";
        }

        if (issuer.Issuer.Length == 0)
        {
            yield return $"Issuers:{issuer.Name}: Issuer must be the exact iss of its tokens.";
        }

        if (issuer.Audiences.Count == 0)
        {
            yield return $"Issuers:{issuer.Name}: Audiences must name at least one aud: a key that is good for every audience is good "
                + "for none.";
        }

        foreach (var algorithm in issuer.Algorithms.Where(a => !JwsAlgorithms.IsKnown(a)))
        {
            yield return $"Issuers:{issuer.Name}: the algorithm '{algorithm}' is not an asymmetric JWS algorithm that Rekey can vouch for.";
        }

        foreach (var type in issuer.TokenTypes.Where(t => !IsTokenType(IssuerBinding.ShortType(t))))
        {
            yield return $"Issuers:{issuer.Name}: the token type '{type}' must be the typ of its access tokens, such as at+jwt, and no "
                + "type of a document that Rekey signs.";
        }

        if (issuer.PeakTokensPerSecond < 0)
        {
            yield return $"Issuers:{issuer.Name}: PeakTokensPerSecond must not be negative.";
        }
    }

    /// <summary>Whether it can be the type of an access token. Rekey's own documents have types of the form <c>rekey-…+jwt</c>.</summary>
    private static bool IsTokenType(string type) =>
        type.Length is > 0 and <= 128
        && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' or '_')
        && !type.StartsWith("rekey-", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Checks the vault's quota, which caps logins: above half of it an issuer needs a vault of its own, or another kind of key.
    /// </summary>
    private IEnumerable<string> ValidatePeaks() =>
        from vault in Keys.Where(k => k.VaultUri is not null).GroupBy(k => k.VaultUri!.Authority, StringComparer.OrdinalIgnoreCase)
        let issuers = vault
            .GroupBy(k => k.Issuer, StringComparer.Ordinal)
            .SelectMany(keys =>
                Issuers
                    .Where(i => i.Name == keys.Key)
                    .Take(1)
                    .Select(i => (i.Name, Peak: i.PeakTokensPerSecond ?? 0, Quota: keys.Min(VaultQuota.SignaturesPerSecond)))
            )
            .ToList()
        where VaultQuota.ShareOf(issuers.Select(i => (i.Peak, i.Quota))) > 0.5
        select $"Issuers:PeakTokensPerSecond: {string.Join(", ", issuers.Select(i => i.Name))} sign more in vault {vault.Key} "
            + "in a second than half of what it gives to such keys "
            + $"({string.Join(", ", issuers.Select(i => $"{i.Peak:0.#} of {i.Quota}"))}); "
            + (
                issuers.Count > 1
                    ? "give each issuer a vault of its own."
                    : "spread it over several vaults, or let it sign with a key of another kind."
            );

    private IEnumerable<string> ValidateKey(GovernedKeyOptions key)
    {
        if (key.VaultUri is not { IsAbsoluteUri: true, Scheme: "https" })
        {
            yield return $"Keys:{key.Name}: VaultUri must be an https address such as https://kv-prod-01.vault.azure.net.";
        }

        if (key.Name.Length is 0 or > 127 || !key.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            yield return $"Keys: the name '{key.Name}' must be 1 to 127 letters, digits and hyphens.";
        }

        if (Issuers.All(i => i.Name != key.Issuer))
        {
            yield return $"Keys:{key.Name}: there is no issuer '{key.Issuer}' under Issuers.";
        }

        if (key.RsaKeySize is not (null or 2048 or 3072 or 4096))
        {
            yield return $"Keys:{key.Name}: RsaKeySize {key.RsaKeySize} must be 2048, 3072 or 4096; leave it out for an EC key.";
        }

        foreach (var custodian in key.Custodians.Where(c => !Guid.TryParse(c, out _)))
        {
            yield return $"Keys:{key.Name}: the custodian '{custodian}' is not an object id, a GUID.";
        }
    }
}
