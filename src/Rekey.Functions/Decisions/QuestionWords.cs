using Rekey.Departures.Directory;
using Rekey.Departures.Reading;

namespace Rekey.Functions.Decisions;

/// <summary>Says the facts about a decision in plain sentences, as they are when it is read.</summary>
internal static class QuestionWords
{
    public static string Of(QuestionFacts facts) => string.Join(' ', Sentences(facts));

    private static IEnumerable<string> Sentences(QuestionFacts facts)
    {
        if (facts.NoEffect is { } none)
        {
            yield return $"A yes has no effect: {none}";
        }

        if (facts.Departure is { } departure)
        {
            var reports = departure
                .Sources.Where(s => s.Reporter is not null)
                .Select(s => $"{s.Reporter} (reference {s.EventId})")
                .ToList();
            yield return departure.Confirmed
                ? $"The directory confirmed that the account of {departure.PersonId} was closed."
                : $"The directory has not confirmed that {departure.PersonId} has left; it was only reported, by "
                    + $"{string.Join(", ", reports)}.";
            if (facts.Account is { } account)
            {
                yield return account.Standing switch
                {
                    PersonStanding.Enabled => "The account is enabled now.",
                    PersonStanding.Disabled => "The account is disabled now.",
                    PersonStanding.Deleted => "The account is deleted now.",
                    PersonStanding.Unknown => "The directory does not know the account now.",
                    _ => $"The state of the account now is unknown: {account.UnknownBecause}",
                };
            }
        }

        if (facts.IsHeld)
        {
            yield return "The person is back. Silence decides nothing, and the question stays open: the key may have been copied all the "
                + "same.";
        }

        if (facts is { Versions: { } versions, NoEffect: null })
        {
            yield return versions.Count == 0 ? "No version of the key is trusted now." : $"A yes ends {string.Join(", ", versions)}.";
        }
    }
}
