using Rekey.Core;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Responses;

/// <summary>Decides the response to a drift, with the reason. Pure.</summary>
internal static class AccessResponse
{
    /// <summary>
    /// Decides how to respond. Rekey removes without approval only an undeclared standing role assignment of a known person, at or below
    /// the vault, and only if every part was read. Service principals, groups, inherited grants and (possible) activations need approval
    /// (T22). The removing identity can only delete assignments of persons on vaults; after approval an operator removes the others.
    /// </summary>
    public static (AccessAction Action, string Why) Of(Drift drift, ResponseMode mode, bool sawAll)
    {
        if (drift is not { Kind: DriftKind.GrantUndeclared or DriftKind.MemberLeft, Grant: { } grant })
        {
            return (AccessAction.Report, "");
        }

        var (most, why) = grant switch
        {
            _ when drift.Kind is DriftKind.MemberLeft => (AccessAction.AskOperator, "only operators can change groups"),
            { IsPolicy: true } => (AccessAction.AskOperator, "only operators can change access policies"),
            { Kind: GrantKind.Eligibility } or { ActivationOf: not null } => (
                AccessAction.AskOperator,
                "only Privileged Identity Management can revoke it"
            ),
            { PrincipalKind: PrincipalKind.ServicePrincipal } => (
                AccessAction.AskOperator,
                "production may depend on this service principal"
            ),
            { PrincipalKind: PrincipalKind.Group } => (AccessAction.AskOperator, "a group may have several members"),
            { PrincipalKind: PrincipalKind.Unknown } => (AccessAction.AskOperator, "the kind of principal is unknown"),
            { Place.IsInherited: true } => (AccessAction.AskOperator, "it is inherited from above the vault and affects other resources"),
            _ when drift.MayBeActivation => (AccessAction.AskAndRemove, "it may be the activation of an eligible role"),
            _ when !sawAll => (AccessAction.AskAndRemove, "some parts of the access could not be read"),
            _ => (AccessAction.Remove, "an undeclared grant of a person"),
        };
        return mode switch
        {
            ResponseMode.Observe => (
                AccessAction.Observe,
                $"observed only: {(most is AccessAction.Remove ? "Rekey would remove it" : "Rekey would ask an approver")}, {why}"
            ),
            ResponseMode.Ask when most is AccessAction.Remove => (AccessAction.AskAndRemove, why),
            _ => (most, why),
        };
    }
}
