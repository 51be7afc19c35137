using System.Globalization;

namespace Rekey.Checks;

/// <summary>The checks of <c>rekey doctor --plan</c>: each one leads from what a person sees before a deployment to a line.</summary>
public static class PlanChecks
{
    /// <summary>Judges everything.</summary>
    public static IReadOnlyList<Check> Judge(PlanFacts facts) =>
        [
            .. facts.Providers.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Provider(p.Key, p.Value, facts.SubscriptionId)),
            Rights(facts),
            .. facts.Names.OrderBy(n => n.ResourceId, StringComparer.Ordinal).Select(Name),
            Clock(facts),
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
            ? Check.Ok(
                Name,
                "You may deploy: create groups, stacks with deny settings, role assignments and eligibilities, custom roles and policies."
            )
            : Check.Act(
                Name,
                $"You may not: {string.Join(", ", missing)}.",
                "Let an owner of the subscription run: az deployment sub create --location <region> --template-file infra/deployer.bicep "
                    + "--parameters principalId=<your object id>"
            );
    }

    private static Check Name(PlannedName planned)
    {
        var parts = planned.ResourceId.Split('/');
        var (name, kind) = ($"name {parts[^1]}", $"{parts[^3]}/{parts[^2]}");
        return planned.Refusal.Value is not { } refusal
                ? Check.Unknown(name, $"Azure did not say whether it is free: {planned.Refusal.Failure}", "Try again.")
            : refusal.Length == 0 ? Check.Ok(name, $"It is free for {kind}, or yours already.")
            : Check.Act(
                name,
                $"Azure refuses it for {kind}: {refusal}",
                "If an environment of this name was deleted less than 90 days ago, deploy with vaults.recover = true. Otherwise choose "
                    + "another environmentName."
            );
    }

    private static Check Clock(PlanFacts facts)
    {
        if (facts.ClockAhead.Failure is { } failure)
        {
            return Check.Unknown("clock", $"Azure's clock cannot be read: {failure}", "Check that this machine reaches Azure.");
        }

        var seconds = Math.Round(facts.ClockAhead.Value.Duration().TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return facts.ClockAhead.Value.Duration() <= AppChecks.ClockTolerance
            ? Check.Ok("clock", $"This machine's clock and Azure's are {seconds} s apart.")
            : Check.Act(
                "clock",
                $"This machine's clock and Azure's are {seconds} s apart: sign-ins and tokens can be refused.",
                "Set it by a time server: timedatectl set-ntp true"
            );
    }
}
