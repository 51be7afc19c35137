using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Networks;
using Rekey.Infra.Tests.Rules.Rights;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What a deployment promises, as facts about resources. Each broken one is a sentence.</summary>
internal static class Promises
{
    public static IReadOnlyList<string> Broken(PredictedEstate estate, bool production, bool rbac) =>
        Broken(estate, new EstatePlan(production, rbac));

    public static IReadOnlyList<string> Broken(PredictedEstate estate, EstatePlan plan) =>
        [
            .. VaultPromises.Broken(estate, plan),
            .. RightPromises.Broken(estate, plan),
            .. DataRightPromises.Broken(estate, plan),
            .. FirstDeploymentPromises.Broken(estate),
            .. StoragePromises.Broken(estate, plan),
            .. AppPromises.Broken(estate, plan),
            .. EventPromises.Broken(estate, plan),
            .. AlertPromises.Broken(estate, plan),
            .. SizePromises.Broken(estate, plan),
            .. plan.IsObserving
                ? []
                : PolicyPromises.Broken(estate, plan.Production, plan.Rbac).Concat(NetworkPromises.Broken(estate, plan.Zones)),
        ];
}
