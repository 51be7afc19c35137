namespace Rekey.Local.Worlds;

/// <summary>A token-signing key of the local company.</summary>
/// <param name="Name">Key name, and the short name of the issuer that signs with it.</param>
/// <param name="Custodians">Object ids of the engineers who are responsible for it.</param>
public sealed record WorldKey(string Name, params string[] Custodians)
{
    /// <summary>The issuer that signs with it, where that is not called as the key is: two keys may be of one issuer.</summary>
    public string IssuerName { get; init; } = Name;

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Issuer => $"https://login.contoso.example/{IssuerName}";

    /// <summary>The <c>aud</c> of its tokens.</summary>
    public string Audience => $"api://{IssuerName}";

    /// <summary>
    /// <c>EC</c> on P-256, which signs ES256, or <c>RSA</c> of 2048 bits, which signs PS256; in an HSM with <c>-HSM</c> behind.
    /// </summary>
    public string KeyType { get; init; } = "EC";

    /// <summary>Whether it is an RSA key, in an HSM or not.</summary>
    public bool IsRsa => KeyType.StartsWith("RSA", StringComparison.Ordinal);

    /// <summary>What the vault lets it do.</summary>
    public IReadOnlyList<string> Operations { get; init; } = ["sign", "verify"];

    /// <summary>Whether a certificate owns it; it is then of type RSA.</summary>
    public bool OfCertificate { get; init; }

    /// <summary>How long its tokens live.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>What a local company consists of.</summary>
public sealed record WorldOptions
{
    /// <summary>Its signing keys.</summary>
    public required IReadOnlyList<WorldKey> Keys { get; init; }

    /// <summary>Settings of the app that differ from the local ones, such as <c>Rekey__Stopped</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where keys, logs and the authority's certificate are kept; null makes a temporary folder that goes with the
    /// world.</summary>
    public string? Folder { get; init; }

    /// <summary>Port of the Functions host; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether the vault has the real one's limits.</summary>
    public bool Throttled { get; init; }

    /// <summary>The published function app; null takes the one that was built along with this program.</summary>
    public string? AppRoot { get; init; }

    /// <summary>Hears what takes its time.</summary>
    public IProgress<string>? Progress { get; init; }
}
