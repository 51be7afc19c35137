using Rekey.Core;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore;

/// <summary>Settings of a program that pulls Rekey's signed lists: a gateway, or an issuer.</summary>
public abstract class PullOptions
{
    private const int MaxName = 200;

    /// <summary>Only the gateway and the issuer pull.</summary>
    private protected PullOptions() { }

    /// <summary>The address of the Rekey app, such as <c>https://rekey.example</c>. Required.</summary>
    /// <remarks>A program without lists on disk takes its first ones from the app alone: the app holds them against its ledger, and a
    /// store or a CDN can be made to serve old ones.</remarks>
    public Uri? Address { get; set; }

    /// <summary>The folder of a store or a CDN with <c>trust-list.jwt</c> and <c>blocklist.jwt</c>, which is then pulled instead of the
    /// app. Null: the app is pulled. The app is asked when the mirror fails.</summary>
    public Uri? Mirror { get; set; }

    /// <summary>The environment whose lists count, as Rekey's <c>Environment</c> names it. Required.</summary>
    public string Environment { get; set; } = "";

    /// <summary>The pinned public key of Rekey's documents, with the members of a JWK (RFC 7517): <c>kty</c>, <c>crv</c>, <c>x</c> and
    /// <c>y</c>, or <c>kty</c>, <c>n</c>, <c>e</c> and <c>alg</c>. Required.</summary>
    /// <remarks>When Rekey announces another key in a list that this one has signed, the program follows.</remarks>
    public IDictionary<string, string> DocumentKey { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The caller's own key for the header <c>X-Rekey-Key</c>, which is sent to the app and never to the mirror. Null:
    /// none.</summary>
    public string? Key { get; set; }

    /// <summary>Adds credentials to each request for a list, such as an Entra token. Null: none are added.</summary>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? Authorize { get; set; }

    /// <summary>The time from one pull to the next; each is up to a fifth earlier or later, so that not all pull at
    /// once.</summary>
    /// <remarks>Five seconds: a block works at every gateway as soon, and an unchanged list costs one request without a body.</remarks>
    public TimeSpan PullEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that one download may take.</summary>
    /// <remarks>Ten seconds: a blocklist of a hundred thousand entries is 11 MB under gzip.</remarks>
    public TimeSpan PullTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a successful pull the health check says <c>Degraded</c>.</summary>
    /// <remarks>One minute: a restart of Rekey is shorter.</remarks>
    public TimeSpan ReportStaleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A folder that survives restarts, writable by this program alone. It holds the last good lists and the log.
    /// Required.</summary>
    public string Folder { get; set; } = "";

    /// <summary>The name of this gateway or issuer in its log. Default: the machine's name.</summary>
    public string Name { get; set; } = System.Environment.MachineName;

    /// <summary>The key header of Rekey's app.</summary>
    internal const string KeyHeader = "X-Rekey-Key";

    internal string ListFolder => Path.Combine(Folder, "lists");

    /// <summary>What the program is, for messages: a gateway or an issuer.</summary>
    internal abstract string Role { get; }

    /// <summary>What the program does without a valid list, for messages.</summary>
    internal abstract string WhenClosed { get; }

    /// <summary>The pinned key.</summary>
    /// <exception cref="Rekey.Core.CannotContinueException">It is no public key.</exception>
    internal DocumentKey PinnedKey()
    {
        string? Member(string name) => DocumentKey.TryGetValue(name, out var value) ? value : null;
        var key = new PublicJwk(Member("kty") ?? "", Member("crv"), Member("x"), Member("y"), Member("n"), Member("e"));
        return new(
            key,
            key.Curve switch
            {
                "P-256" => "ES256",
                "P-384" => "ES384",
                "P-521" => "ES512",
                _ => Member("alg") ?? "PS256",
            }
        );
    }

    /// <summary>Lists the mistakes in these settings.</summary>
    internal IEnumerable<string> PullMistakes()
    {
        if (Address is null)
        {
            yield return "Address must be the address of the Rekey app, such as https://rekey.example.";
        }

        foreach (var (name, address) in new[] { (nameof(Address), Address), (nameof(Mirror), Mirror) })
        {
            if (address is not null && !IsSafe(address))
            {
                yield return $"{name} must be an absolute https address: {address}. Only a loopback address may be http.";
            }
        }

        if (Environment.Length == 0)
        {
            yield return "Environment must name the environment whose lists count, as Rekey's setting Environment does.";
        }

        if (KeyMistake() is { } mistake)
        {
            yield return mistake;
        }

        if (Folder.Length == 0)
        {
            yield return "Folder must be a folder that survives restarts: without the last lists, after a restart while Rekey is away, "
                + $"it {WhenClosed}, and an attacker can offer old lists.";
        }

        if (Name.Length is 0 or > MaxName)
        {
            yield return $"Name must have 1 to {MaxName} characters: sweeps name the {Role} by it.";
        }

        if (PullEvery < TimeSpan.FromMilliseconds(100) || PullEvery > TimeSpan.FromHours(1))
        {
            yield return $"PullEvery ({PullEvery}) must be 100 ms to an hour.";
        }

        if (PullTimeout <= TimeSpan.Zero || PullTimeout > TimeSpan.FromMinutes(5))
        {
            yield return $"PullTimeout ({PullTimeout}) must be longer than zero, and five minutes at most.";
        }

        if (ReportStaleAfter < PullEvery + PullTimeout)
        {
            yield return $"ReportStaleAfter ({ReportStaleAfter}) must be at least PullEvery + PullTimeout "
                + $"({PullEvery + PullTimeout}): one slow pull would be reported.";
        }
    }

    private static bool IsSafe(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private string? KeyMistake()
    {
        try
        {
            var (key, algorithm) = PinnedKey();
            return JwsAlgorithms.Fits(algorithm, key) ? null : $"DocumentKey: {algorithm} does not go with a key of type {key.KeyType}.";
        }
        catch (CannotContinueException e)
        {
            return $"DocumentKey must be the public key of Rekey's documents. {e.Message}";
        }
    }
}
