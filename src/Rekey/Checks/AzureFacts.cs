namespace Rekey.Checks;

/// <summary>What the operator's own sign-in sees of a deployed environment. The app has no right to read it.</summary>
/// <param name="Group">The name of the app's resource group.</param>
/// <param name="Size">The tag <c>rekey-size</c> of that group; empty when there is no such tag.</param>
/// <param name="PartnerTopics">The partner topics in it: on when they are activated.</param>
/// <param name="AlertRules">The alert rules in it: on when they are enabled.</param>
/// <param name="Policies">The policy assignments at it and at the group of the vaults: on when they are enforced.</param>
public sealed record AzureFacts(
    string Group,
    Known<string> Size,
    Known<IReadOnlyList<NamedState>> PartnerTopics,
    Known<IReadOnlyList<NamedState>> AlertRules,
    Known<IReadOnlyList<NamedState>> Policies
);
