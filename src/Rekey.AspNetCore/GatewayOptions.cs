using Rekey.AspNetCore.AccessLogs;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore;

/// <summary>Settings of a gateway that refuses tokens by Rekey's lists.</summary>
public sealed class GatewayOptions
{
    /// <summary>The address of the Rekey app, such as <c>https://rekey.example</c>. Required.</summary>
    /// <remarks>A gateway without lists on disk takes its first ones from the app alone: the app holds them against its ledger, and a
    /// store or a CDN can be made to serve old ones.</remarks>
    public Uri? Address { get; set; }

    /// <summary>The folder of a store or a CDN with <c>trust-list.jwt</c> and <c>blocklist.jwt</c>, which is then pulled instead of the
    /// app. Null: the app is pulled. The app is asked when the mirror fails.</summary>
    public Uri? Mirror { get; set; }

    /// <summary>The environment whose lists count, as Rekey's <c>Environment</c> names it. Required.</summary>
    public string Environment { get; set; } = "";

    /// <summary>The pinned public key of Rekey's documents, with the members of a JWK (RFC 7517): <c>kty</c>, <c>crv</c>, <c>x</c> and
    /// <c>y</c>, or <c>kty</c>, <c>n</c>, <c>e</c> and <c>alg</c>. Required.</summary>
    /// <remarks>When Rekey announces another key in a list that this one has signed, the gateway follows.</remarks>
    public IDictionary<string, string> DocumentKey { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The gateway's key for the header <c>X-Rekey-Key</c>, which is sent to the app and never to the mirror. Null:
    /// none.</summary>
    public string? Key { get; set; }

    /// <summary>Adds credentials to each request for a list, such as an Entra token. Null: none are added.</summary>
    public Func<HttpRequestMessage, CancellationToken, ValueTask>? Authorize { get; set; }

    /// <summary>The time from one pull to the next; each is up to a fifth earlier or later, so that gateways do not pull all at
    /// once.</summary>
    /// <remarks>Five seconds: a block works at every gateway as soon, and an unchanged list costs one request without a body.</remarks>
    public TimeSpan PullEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that one download may take.</summary>
    /// <remarks>Ten seconds: a blocklist of a hundred thousand entries is 11 MB under gzip.</remarks>
    public TimeSpan PullTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without a successful pull the health check says <c>Degraded</c>.</summary>
    /// <remarks>One minute: a restart of Rekey is shorter.</remarks>
    public TimeSpan ReportStaleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A folder that survives restarts, writable by this gateway alone. It holds the last good lists and, unless it is switched
    /// off, the access log. Required.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How many accepted tokens are remembered, so that a repeated token needs no signature check; 0 remembers none.</summary>
    /// <remarks>Ten thousand take about 50 MB with tokens of 1 KB. They are forgotten when a list changes.</remarks>
    public int RememberedTokens { get; set; } = 10_000;

    /// <summary>Goes on with the last lists after their end of validity.</summary>
    /// <remarks>False, because keys that were revoked and tokens that were blocked since then are accepted: a person with a stolen key
    /// only needs to keep this gateway from Rekey.</remarks>
    public bool AcceptByExpiredLists { get; set; }

    /// <summary>The name of this gateway in the access log. Default: the machine's name.</summary>
    public string Name { get; set; } = System.Environment.MachineName;

    /// <summary>Where the access log goes.</summary>
    public AccessLogOptions AccessLog { get; set; } = new();

    /// <summary>The key header of Rekey's app.</summary>
    internal const string KeyHeader = "X-Rekey-Key";

    internal string ListFolder => Path.Combine(Folder, "lists");

    internal string LogFolder => Path.Combine(Folder, "log");

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
}
