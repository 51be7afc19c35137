using System.Globalization;
using Rekey.Findings;

namespace Rekey.Checks;

/// <summary>The checks of <c>rekey doctor</c>: each one leads from what the app sees to a line.</summary>
public static class AppChecks
{
    /// <summary>How far the clocks may be apart. Tokens and events are judged with tolerances of minutes.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>How old a sweep may be. Both run more often than once an hour, and the ledger has a line an hour.</summary>
    public static readonly TimeSpan SweepAge = TimeSpan.FromHours(3);

    private static readonly Func<AppFacts, IEnumerable<Check>>[] All =
    [
        facts => [References()],
        facts => [Permissions(facts)],
        facts => [Subscription(facts)],
        facts => [Events(facts)],
        facts => facts.Vaults.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => Vault(v.Key, v.Value)),
        facts => [Roles(facts)],
        facts => [Diagnostics(facts)],
        facts => [DocumentKey(facts)],
        facts => [CheckpointKey(facts)],
        facts => [Ledger(facts)],
        facts => [Publication(facts)],
        facts => [Running(facts)],
        facts => [Clock(facts)],
        facts => [OpenFindings(facts)],
    ];

    /// <summary>Judges everything.</summary>
    public static IReadOnlyList<Check> Judge(AppFacts facts) => [.. All.SelectMany(judge => judge(facts))];

    /// <summary>The app does not start with an unresolved reference, so that an answer says that each was resolved.</summary>
    private static Check References() =>
        Check.Ok("references", "The app started, so every Key Vault reference in its settings was resolved.");

    private static Check Permissions(AppFacts facts)
    {
        const string Name = "graph permissions";
        if (facts.Identity.Value is not { } own)
        {
            return Check.Unknown(
                Name,
                $"The app has no token for Graph: {facts.Identity.Failure}",
                "Check the app's identity: az functionapp identity show --resource-group <group> --name <app>"
            );
        }

        var missing = facts.NeededPermissions.Except(own.GraphPermissions, StringComparer.OrdinalIgnoreCase).ToList();
        return missing.Count == 0
            ? Check.Ok(Name, $"Granted: {string.Join(", ", facts.NeededPermissions)}.")
            : Check.Act(
                Name,
                $"Missing: {string.Join(", ", missing)}.",
                "Grant each, then restart the app: az rest --method post --url "
                    + $"https://graph.microsoft.com/v1.0/servicePrincipals/{own.ObjectId}/appRoleAssignments --body "
                    + $"'{{\"principalId\":\"{own.ObjectId}\",\"resourceId\":\"<object id of Microsoft Graph>\",\"appRoleId\":\"<id of the "
                    + "permission>\"}'. Both ids: az ad sp show --id 00000003-0000-0000-c000-000000000000 --query "
                    + $"\"{{id:id,role:appRoles[?value=='{missing[0]}'].id|[0]}}\""
            );
    }

    private static Check Subscription(AppFacts facts)
    {
        const string Name = "graph subscription";
        if (facts.Feed.Value is not { } feed)
        {
            return Unread(Name, facts.Feed.Failure);
        }

        if (!feed.Options.IsSet)
        {
            return Check.Act(
                Name,
                "The settings name no partner topic: Rekey keeps no Graph subscription, and people must renew it every 29 days.",
                "Set Rekey__Departures__Feed__PartnerTopicId and Rekey__Departures__Feed__Location: deploy again."
            );
        }

        return feed.Subscription is { Id: { } id } known && known.EndsAt > facts.Now
            ? known.EndsAt - facts.Now > feed.Options.CriticalWhenLeft
                ? Check.Ok(Name, $"{id} lives until {known.EndsAt:u}. Rekey renews it every day.")
                : Check.Act(
                    Name,
                    $"{id} ends at {known.EndsAt:u}, and was not renewed since {known.RenewedAt:u}.",
                    "rekey findings list shows why, as subscription-not-renewed."
                )
            : Check.Act(
                Name,
                "None lives: Rekey notices no departures by events. The app tries every five minutes.",
                "rekey findings list shows why, as subscription-not-renewed."
            );
    }

    private static Check Events(AppFacts facts)
    {
        const string Name = "events";
        if (facts.Feed.Value is not { } feed)
        {
            return Unread(Name, facts.Feed.Failure);
        }

        var (group, topic) = feed.Options.Names;
        return feed.LastEventAt is { } last
            ? last + feed.Options.SilentAfter > facts.Now
                ? Check.Ok(Name, $"The last event about an account arrived at {last:u}, to the hour.")
                : Check.Act(Name, $"No event about an account arrived since {last:u}.", Activate(group, topic))
            : Check.Act(Name, "No event about an account has ever arrived.", Activate(group, topic));
    }

    private static string Activate(string group, string topic) =>
        topic.Length == 0
            ? "Change a property of a test account: an event must arrive within minutes."
            : $"az eventgrid partner topic activate --resource-group {group} --name {topic}. Then change a property of a test account: "
                + "an event must arrive within minutes.";

    private static Check Vault(string vault, Known<int> keys) =>
        keys.Failure is { } failure
            ? Check.Act(
                $"vault {vault}",
                $"The app cannot read its keys there: {failure}",
                "Check the vault's firewall and the app's role: rekey access --vault <resource id>"
            )
            : Check.Ok($"vault {vault}", $"The app read {Count(keys.Value, "key")}.");

    private static Check Roles(AppFacts facts)
    {
        const string Name = "roles";
        if (!facts.DeclaresVaults)
        {
            return Check.Act(
                Name,
                "The settings declare no vaults: Rekey does not check access to them.",
                "Set Rekey__VaultAccess__Declaration: deploy again."
            );
        }

        return Swept(
            Name,
            facts,
            facts.AccessSweptAt,
            "SweepVaultAccess",
            "The declared roles are in force",
            FindingKinds.RotationNotAllowed,
            FindingKinds.VaultGrantMissing,
            FindingKinds.VaultAccessNotSeen
        );
    }

    private static Check Diagnostics(AppFacts facts)
    {
        const string Name = "diagnostics";
        return facts.HasLogs
            ? Swept(Name, facts, facts.LogsSweptAt, "SweepTokens", "Token logs are read", FindingKinds.VaultDiagnosticsGone)
            : Check.Act(
                Name,
                "The settings name no token logs: Rekey finds no forged tokens.",
                "Set Rekey__Azure__LogAnalytics__WorkspaceId: deploy again."
            );
    }

    /// <summary>Judges a sweep by its last run and by the findings that it raises.</summary>
    private static Check Swept(
        string name,
        AppFacts facts,
        Known<DateTimeOffset?> at,
        string function,
        string good,
        params IReadOnlyCollection<string> kinds
    )
    {
        if (at.Failure is not null || facts.OpenFindings.Value is not { } open)
        {
            return Unread(name, at.Failure ?? facts.OpenFindings.Failure);
        }

        if (open.Where(f => kinds.Contains(f.Kind)).ToList() is [var first, ..] found)
        {
            return Check.Act(name, $"{Count(found.Count, "finding")}: {first.Title}", $"rekey findings show {first.Id}");
        }

        return at.Value is { } last && last + SweepAge > facts.Now
            ? Check.Ok(name, $"{good}: last seen at {last:u}, to the hour.")
            : Check.Act(
                name,
                at.Value is { } late ? $"The function {function} last ended at {late:u}." : $"The function {function} has never ended.",
                $"Read its log: az monitor app-insights query --app <application insights> --analytics-query \"traces | where "
                    + $"operation_Name == '{function}' | top 20 by timestamp\""
            );
    }

    private static Check DocumentKey(AppFacts facts) =>
        facts.DocumentKey.Value is { } thumbprint
            ? Check.Ok("document key", $"The app can read it. Gateways pin its thumbprint {thumbprint}.")
            : Check.Act(
                "document key",
                $"The app cannot read the key that signs its lists: {facts.DocumentKey.Failure}",
                "Check the vault's firewall and the app's role on the key: rekey access --vault <resource id of the documents vault>"
            );

    private static Check CheckpointKey(AppFacts facts)
    {
        const string Name = "checkpoint key";
        return facts.Checkpoint is not { } key
                ? Check.Act(
                    Name,
                    "The settings name no checkpoint key: the owner of the ledger's storage could rewrite it.",
                    "Set Rekey__Azure__CheckpointKeyVault, CheckpointKeyName and CheckpointClientId: deploy again."
                )
            : key.InVault.Value is not { } thumbprint
                ? Check.Act(
                    Name,
                    $"The checkpoint identity cannot read the key: {key.InVault.Failure}",
                    "Check the vault's firewall and the identity's role on the key."
                )
            : key.Pinned is null
                ? Check.Act(
                    Name,
                    $"The key in the vault has the thumbprint {thumbprint}, and the settings pin none: no checkpoint is signed.",
                    $"Note the thumbprint outside of the subscription, and deploy again with "
                        + $"evidence.checkpointThumbprint = '{thumbprint}'."
                )
            : string.Equals(key.Pinned, thumbprint, StringComparison.Ordinal)
                ? Check.Ok(Name, $"The key in the vault has the pinned thumbprint {thumbprint}. Compare it with your note.")
            : Check.Act(
                Name,
                $"The key in the vault has the thumbprint {thumbprint}, and the settings pin {key.Pinned}: one of them was replaced.",
                "Compare both with your note. Find out who changed the key or the setting before you change either."
            );
    }

    private static Check Ledger(AppFacts facts)
    {
        const string Name = "ledger";
        return facts.LedgerLines.Failure is { } failure
                ? Check.Act(Name, $"It cannot be read: {failure}", "Check that the app reaches the evidence account.")
            : facts.OpenFindings.Value?.FirstOrDefault(f => f.Kind is FindingKinds.LedgerBroken or FindingKinds.LedgerUnverified)
                is { } found
                ? Check.Act(Name, found.Title, $"rekey findings show {found.Id}")
            : Check.Ok(Name, $"It has {Count(facts.LedgerLines.Value, "line")} and holds.");
    }

    private static Check Publication(AppFacts facts)
    {
        const string Name = "publication";
        return facts.Published.Failure is { } failure
                ? Check.Act(Name, $"A list cannot be served: {failure}", "Wait a minute after the first start. Then: rekey findings list")
            : facts.UnpublishedSince.Failure is { } unread ? Unread(Name, unread)
            : facts.UnpublishedSince.Value is { } since
                ? Check.Act(Name, $"No published list has the revocation of {since:u}.", "rekey findings list")
            : Check.Ok(Name, "The trust list and the blocklist are served, and every revocation is in them.");
    }

    private static Check Running(AppFacts facts) =>
        facts.StoppedBy.Value is not { } by ? Unread("running", facts.StoppedBy.Failure)
        : by.Count == 0 ? Check.Ok("running", "Rekey is not stopped.")
        : Check.Act(
            "running",
            $"Rekey is stopped by {string.Join(" and ", by)}: it rotates and blocks nothing.",
            "rekey start --reason <reason>; if the setting stops it, remove Rekey__Stopped."
        );

    private static Check Clock(AppFacts facts)
    {
        if (facts.EntraTime.Failure is { } failure)
        {
            return Check.Unknown("clock", $"The app could not read Entra's clock: {failure}", "Check that the app reaches Entra.");
        }

        var apart = facts.Now - facts.EntraTime.Value;
        var seconds = Math.Round(Math.Abs(apart.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return apart.Duration() <= ClockTolerance
            ? Check.Ok("clock", $"The app's clock and Entra's are {seconds} s apart.")
            : Check.Act(
                "clock",
                $"The app's clock is {seconds} s {(apart > TimeSpan.Zero ? "ahead of" : "behind")} Entra's: tokens are judged wrongly.",
                "Restart the app: az functionapp restart --resource-group <group> --name <app>"
            );
    }

    private static Check OpenFindings(AppFacts facts)
    {
        if (facts.OpenFindings.Value is not { } open)
        {
            return Unread("findings", facts.OpenFindings.Failure);
        }

        var severe = open.Where(f => f.Severity >= Severity.High).ToList();
        return severe.Count == 0
            ? Check.Ok("findings", "None of high or critical severity is open.")
            : Check.Act(
                "findings",
                $"{Count(severe.Count, "finding")} of high or critical severity: "
                    + $"{string.Join(", ", severe.Select(f => f.Kind).Distinct(StringComparer.Ordinal))}.",
                "rekey findings list"
            );
    }

    private static Check Unread(string name, string? failure) =>
        Check.Unknown(name, $"The app could not read its ledger: {failure}", "Check that the app reaches the evidence account.");

    private static string Count(long number, string what) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";
}
