namespace Rekey.Departures.SecurityEvents;

/// <summary>The types of events, by their addresses.</summary>
internal static class SecurityEventTypes
{
    private const string Base = "https://schemas.openid.net/secevent/";

    /// <summary>Only these may close or open an account (T12).</summary>
    private static readonly HashSet<string> Accounts = new(StringComparer.Ordinal)
    {
        $"{Base}risc/event-type/account-disabled",
        $"{Base}risc/event-type/account-purged",
        $"{Base}risc/event-type/account-enabled",
    };

    private static readonly string[] Families = [$"{Base}risc/event-type/", $"{Base}caep/event-type/", $"{Base}ssf/event-type/"];

    /// <summary>The kind of a type; null when Rekey does not know its family.</summary>
    public static SecurityEventKind? KindOf(string type) =>
        Accounts.Contains(type) ? SecurityEventKind.Account
        : type.Length <= 200 && Array.Exists(Families, f => type.StartsWith(f, StringComparison.Ordinal)) ? SecurityEventKind.Signal
        : null;
}
