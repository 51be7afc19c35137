using Rekey.Core;
using Rekey.VaultAccess.Drifts;
using Rekey.VaultAccess.Rights;

namespace Rekey.VaultAccess.Responses;

/// <summary>How far a response goes, with the reason. Pure.</summary>
internal static class AccessResponse
{
    /// <summary>
    /// Only an undeclared standing grant of a known person, by role assignment at or below the vault, is removed without a question, and
    /// only while the whole picture is seen. Service principals, groups, what is inherited, what is activated and what may be are asked
    /// about (T22). The identity that removes may delete assignments of persons on vaults, and no others: the rest an operator takes away
    /// on yes.
    /// </summary>
    public static (AccessAction Action, string Why) Of(Drift drift, ResponseMode mode, bool sawAll)
    {
        if (drift is not { Kind: DriftKind.GrantUndeclared, Grant: { } grant })
        {
            return (AccessAction.Report, "");
        }

        var (most, why) = grant switch
        {
            { Kind: GrantKind.AccessPolicy } => (AccessAction.AskOperator, "access policies are changed by operators only"),
            { Kind: GrantKind.Eligibility } or { ActivationOf: not null } => (
                AccessAction.AskOperator,
                "what Privileged Identity Management has given it must take back"
            ),
            { PrincipalKind: PrincipalKind.ServicePrincipal } => (
                AccessAction.AskOperator,
                "a service principal may be what production runs on"
            ),
            { PrincipalKind: PrincipalKind.Group } => (AccessAction.AskOperator, "a group may be more than one person"),
            { PrincipalKind: PrincipalKind.Unknown } => (AccessAction.AskOperator, "nobody knows what kind of principal it is"),
            { Place.IsInherited: true } => (AccessAction.AskOperator, "it is given above the vault and counts elsewhere too"),
            _ when drift.MayBeActivation => (AccessAction.AskAndRemove, "it may be the activation of an eligible role"),
            _ when !sawAll => (AccessAction.AskAndRemove, "not all of who may do what could be read"),
            _ => (AccessAction.Remove, "an undeclared grant of a person"),
        };
        return mode switch
        {
            ResponseMode.Observe => (
                AccessAction.Observe,
                $"observed only: {(most is AccessAction.Remove ? "it would be removed" : "it would be asked about")}, {why}"
            ),
            ResponseMode.Ask when most is AccessAction.Remove => (AccessAction.AskAndRemove, why),
            _ => (most, why),
        };
    }
}
