using Rekey.Core;
using Rekey.Departures;
using Rekey.Departures.Watching;
using Rekey.Exposures.Audit;
using Rekey.Findings;

namespace Rekey.Exposures.Watching;

/// <summary>Builds the findings about what a person who has left does.</summary>
/// <param name="open">The open findings of these kinds: a later act that is less grave takes nothing back.</param>
/// <param name="tokensExpiredAt">When their last access token had expired.</param>
internal sealed class LeaverFindings(Departure departure, IReadOnlyList<Finding> open, DateTimeOffset tokensExpiredAt, DateTimeOffset now)
{
    /// <summary>The kinds of findings about what a person does.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        FindingKinds.LeaverUsedKey,
        FindingKinds.LeaverSignedIn,
        FindingKinds.LeaverAddedCredential,
        FindingKinds.LeaverReachUsed,
    ];

    /// <summary>The milestone of a finding about an act that no access token explains.</summary>
    public const string AfterTokens = "after-tokens";

    /// <summary>What names the departure's finding about a governed key, or about everything else in a vault.</summary>
    public static string AboutOf(Departure departure, string place) => $"{departure.Id}|{place}";

    /// <summary>The person used a key, or something else in a vault.</summary>
    /// <param name="place">The key's id, or the vault's host name.</param>
    public Finding Used(string place, IReadOnlyList<LeaverAct> acts)
    {
        var isPrivate = acts.Any(a => a.IsPrivate) || OpenOf(FindingKinds.LeaverUsedKey, place)?.Severity is Severity.Critical;
        return Of(
            FindingKinds.LeaverUsedKey,
            place,
            isPrivate ? Severity.Critical : Severity.High,
            isPrivate ? $"A person who has left used {place} after their account was closed"
                : acts.Any(a => a.IsSuccess) ? $"A person who has left read {place} after their account was closed"
                : $"A person who has left called {place} after their account was closed, and was refused",
            (isPrivate ? "Look at what was signed in that time, and answer the question about the rotation if there is one. " : "")
                + "Remove what rights they have left on the vault.",
            acts,
            ("key", place)
        );
    }

    /// <summary>The person signed in.</summary>
    public Finding SignedIn(IReadOnlyList<LeaverAct> acts) =>
        Of(
            FindingKinds.LeaverSignedIn,
            "sign-in",
            Severity.Critical,
            "A person who has left signed in after their account was closed",
            "See in Entra ID whether the account is enabled, and by whom. If it must stay closed, disable it and revoke its sessions.",
            acts
        );

    /// <summary>The person, or an application that they can act as, added a credential.</summary>
    /// <param name="target">Object id of the application that got it.</param>
    public Finding AddedCredential(string target, IReadOnlyList<LeaverAct> acts) =>
        Of(
            FindingKinds.LeaverAddedCredential,
            target,
            Severity.Critical,
            $"A person who has left, or an application that they can act as, added a credential to {target} after their account was closed",
            $"Remove that credential from {target}, and every other one that no present owner needs. See what the application did since "
                + "then.",
            acts,
            ("target", target)
        );

    /// <summary>An application that the person can act as is in use.</summary>
    public Finding ReachUsed(ReachedPrincipal reached, IReadOnlyList<LeaverAct> acts) =>
        Of(
            FindingKinds.LeaverReachUsed,
            reached.Id,
            acts.Any(a => a.IsPrivate) ? Severity.High : Severity.Medium,
            $"{reached.Id} is in use, and a person who has left can act as it: they are {reached.How}. This is so",
            $"Give {reached.Id} another credential and remove every one that is older than the departure. Then an honest use is no longer "
                + "like theirs, and Rekey ends the watch.",
            acts,
            ("principal", reached.Id)
        );

    private Finding? OpenOf(string kind, string about) => open.FirstOrDefault(f => f.Id == Finding.IdOf(kind, AboutOf(departure, about)));

    private Finding Of(
        string kind,
        string about,
        Severity severity,
        string title,
        string remedy,
        IReadOnlyList<LeaverAct> acts,
        params ReadOnlySpan<(string, string)> facts
    )
    {
        var before = OpenOf(kind, about);
        var isLate = acts.Any(a => a.Last > tokensExpiredAt) || before?.Milestone == AfterTokens;
        return new(
            kind,
            AboutOf(departure, about),
            before?.Severity > severity ? before.Severity : severity,
            title + (isLate ? ", and after every access token of theirs had expired." : ", within the lifetime of an access token."),
            (isLate ? "They have another way in: look for a credential that they added, or an account of another person. " : "") + remedy,
            Facts.Of([
                ("departure", departure.Id),
                ("person", departure.PersonId),
                .. facts,
                ("uses", string.Join("; ", acts.OrderByDescending(a => a.Last).ThenBy(a => a.Operation, StringComparer.Ordinal).Take(10))),
                ("tokensExpiredAt", tokensExpiredAt.ToString("O")),
                ("attack", "T1078"),
            ]),
            now,
            now
        )
        {
            Milestone = isLate ? AfterTokens : null,
        };
    }
}
