using System.Globalization;

namespace Rekey.Checks;

/// <summary>The checks of <c>rekey doctor --environment</c>: each one leads from what the operator sees in Azure to a line.</summary>
public static class AzureChecks
{
    /// <summary>The size that has no policies.</summary>
    private const string Observe = "observe";

    /// <summary>Judges everything.</summary>
    public static IReadOnlyList<Check> Judge(AzureFacts facts) => [Topic(facts), Alerts(facts), Policies(facts)];

    private static Check Topic(AzureFacts facts)
    {
        const string Name = "partner topic";
        if (facts.PartnerTopics.Value is not { } topics)
        {
            return Unread(Name, facts, facts.PartnerTopics.Failure);
        }

        return topics.Count == 0
                ? Check.Act(
                    Name,
                    $"{facts.Group} has none: Graph makes it with the change subscription. Without it no departure is noticed by an event.",
                    "Deploy with feed.hasClientState = true and a client state, then wait five minutes. The line graph subscription says "
                        + "what is missing."
                )
            : topics.FirstOrDefault(t => !t.IsOn) is { } off
                ? Check.Act(
                    Name,
                    $"{off.Name} is not activated: Graph's events are dropped.",
                    $"az eventgrid partner topic activate --resource-group {facts.Group} --name {off.Name}"
                )
            : Check.Ok(Name, $"Activated: {Names(topics)}.");
    }

    private static Check Alerts(AzureFacts facts)
    {
        const string Name = "alert rules";
        if (facts.AlertRules.Value is not { } rules)
        {
            return Unread(Name, facts, facts.AlertRules.Failure);
        }

        var off = rules.Where(r => !r.IsOn).ToList();
        return rules.Count == 0 ? Check.Act(Name, $"{facts.Group} has none: you get no alert when Rekey itself is off.", "Deploy again.")
            : off.Count > 0
                ? Check.Act(
                    Name,
                    $"Disabled: {Names(off)}. Azure disables a log rule whose query fails for a week.",
                    "Find out who or what disabled them (the activity log of the group), and deploy again."
                )
            : Check.Ok(Name, $"{Count(rules.Count, "rule")}, all enabled.");
    }

    private static Check Policies(AzureFacts facts)
    {
        const string Name = "policies";
        if (facts.Policies.Value is not { } policies || facts.Size.Failure is not null)
        {
            return Unread(Name, facts, facts.Policies.Failure ?? facts.Size.Failure);
        }

        var off = policies.Where(p => !p.IsOn).ToList();
        return off.Count > 0
                ? Check.Act(
                    Name,
                    $"Not enforced: {Names(off)}.",
                    "Find out who changed them (the activity log of the group), and deploy again."
                )
            : policies.Count > 0 ? Check.Ok(Name, $"{Count(policies.Count, "assignment")}, all enforced.")
            : facts.Size.Value == Observe ? Check.Ok(Name, "The size observe assigns none.")
            : Check.Act(Name, $"None is assigned at {facts.Group} and {facts.Group}-keys.", "Deploy again.");
    }

    private static Check Unread(string name, AzureFacts facts, string? failure) =>
        Check.Unknown(
            name,
            $"It cannot be read: {failure}",
            $"Sign in with az login as a person with the role Reader on {facts.Group} and {facts.Group}-keys."
        );

    private static string Names(IEnumerable<NamedState> states) =>
        string.Join(", ", states.Select(s => s.Name).Order(StringComparer.Ordinal));

    private static string Count(int number, string what) =>
        $"{number.ToString("N0", CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";
}
