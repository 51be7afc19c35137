namespace Rekey.Checks;

/// <summary>The checks of <c>rekey doctor --plan</c>: each one leads from what a person sees before a deployment to a line.</summary>
public static class PlanChecks
{
    /// <summary>Judges everything.</summary>
    public static IReadOnlyList<Check> Judge(PlanFacts facts) =>
        [
            .. facts.Providers.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Provider(p.Key, p.Value, facts.SubscriptionId)),
            Rights(facts),
        ];

    private static Check Provider(string provider, Known<string> state, Guid subscription)
    {
        var register = $"az provider register --namespace {provider} --subscription {subscription} --wait";
        return state.Failure is { } failure ? Check.Unknown($"provider {provider}", $"Its state cannot be read: {failure}", register)
            : string.Equals(state.Value, "Registered", StringComparison.OrdinalIgnoreCase)
                ? Check.Ok($"provider {provider}", "It is registered.")
            : Check.Act($"provider {provider}", $"It is {state.Value}: no resource of it can be created.", register);
    }

    private static Check Rights(PlanFacts facts)
    {
        const string Name = "rights";
        var scope = $"/subscriptions/{facts.SubscriptionId}";
        if (facts.Permissions.Value is not { } permissions)
        {
            return Check.Unknown(
                Name,
                $"Your rights on the subscription cannot be read: {facts.Permissions.Failure}",
                $"az role assignment list --assignee <your object id> --scope {scope} --include-inherited --include-groups"
            );
        }

        var missing = PlanFacts.NeededOperations.Where(o => !permissions.Any(p => p.Gives(o))).ToList();
        return missing.Count == 0
            ? Check.Ok(Name, "You may deploy: create groups, stacks, role assignments, custom roles and policies.")
            : Check.Act(
                Name,
                $"You may not: {string.Join(", ", missing)}.",
                "Let an owner deploy, or assign the role: az role assignment create --role Owner --assignee <your object id> "
                    + $"--scope {scope}"
            );
    }
}
