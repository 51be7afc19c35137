using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What a deployment promises, as facts about resources. Each broken one is a sentence.</summary>
internal static class Promises
{
    public static IReadOnlyList<string> Broken(PredictedEstate estate, bool production, bool rbac) => Broken(estate, new(production, rbac));

    public static IReadOnlyList<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [
            .. VaultPromises.Broken(estate, plan.Production, plan.Rbac),
            .. RightPromises.Broken(estate, plan.Production, plan.Rbac),
            .. DataRightPromises.Broken(estate),
            .. FirstDeploymentPromises.Broken(estate),
            .. PolicyPromises.Broken(estate, plan.Production, plan.Rbac),
            .. StoragePromises.Broken(estate, plan.Production),
            .. AppPromises.Broken(estate),
            .. EventPromises.Broken(estate),
            .. NetworkPromises.Broken(estate, plan.Zones),
            .. AlertPromises.Broken(estate),
        ];
}
