using Rekey.Infra.Tests.Estates;
using Rekey.Infra.Tests.Rules.Rights;

namespace Rekey.Infra.Tests.Rules;

/// <summary>What a deployment promises, as facts about resources. Each broken one is a sentence.</summary>
internal static class Promises
{
    public static IReadOnlyList<string> Broken(PredictedEstate estate, bool production, bool rbac) =>
        [
            .. VaultPromises.Broken(estate, production, rbac),
            .. RightPromises.Broken(estate, production, rbac),
            .. DataRightPromises.Broken(estate),
            .. FirstDeploymentPromises.Broken(estate),
            .. PolicyPromises.Broken(estate, production, rbac),
            .. StoragePromises.Broken(estate, production),
            .. AppPromises.Broken(estate),
            .. EventPromises.Broken(estate),
            .. NetworkPromises.Broken(estate),
            .. AlertPromises.Broken(estate),
        ];
}
