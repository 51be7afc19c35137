namespace Rekey.Azure.Http;

/// <summary>The limits of a service, or of one of its quotas, as far as they are known.</summary>
/// <param name="Service">The service, in messages; with <paramref name="Calls"/> the name of the gate.</param>
/// <param name="Calls">What the service throttles.</param>
internal sealed record RateLimits(string Service, string Calls)
{
    /// <summary>How many calls may be under way at once.</summary>
    public int AtOnce { get; init; } = int.MaxValue;

    /// <summary>The time over which the service counts.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls may begin in any such time; null: unknown.</summary>
    public int? InSpan { get; init; }

    /// <summary>The quotas that a window of this time may have, to be recognized by counting; none: it is not counted.</summary>
    public IReadOnlyList<int> Quotas { get; init; } = [];

    /// <summary>The waits in seconds, one refusal after the other, if the service names none.</summary>
    public IReadOnlyList<int> Waits { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>How often one call is sent again.</summary>
    public int Retries { get; init; } = int.MaxValue;

    /// <summary>Whether a call may take minutes. Then no call waits for the result of the first one after a throttle, and the wait for a
    /// place is no throttle.</summary>
    public bool HasLongCalls { get; init; }

    /// <summary>Creating versions in one vault, by create or rotate: 10 (HSM) or 20 (software) in 10 seconds ("Azure Key Vault service
    /// limits"). More callers at once would only be refused.</summary>
    public static RateLimits NewVersions(string vault) => new($"The vault {vault}", "new versions") { AtOnce = 8, Quotas = [10, 20] };

    /// <summary>All other calls of one vault: thousands in 10 seconds.</summary>
    public static RateLimits VaultRequests(string vault) => new($"The vault {vault}", "requests") { AtOnce = 64 };

    /// <summary>Log Analytics: five queries at once and 200 in 30 seconds ("Azure Monitor service limits", user query
    /// throttling).</summary>
    public static RateLimits Queries { get; } =
        new("Log Analytics", "queries")
        {
            AtOnce = 5,
            Span = TimeSpan.FromSeconds(30),
            InSpan = 200,
            Waits = [30],
            HasLongCalls = true,
        };

    /// <summary>Microsoft Graph and Azure Resource Manager: their limits depend on the tenant, the resource and the load.</summary>
    public static RateLimits RestRequests(string host) => new(host, "requests") { Retries = 3 };
}
