namespace Rekey.Infra.Tests.Rules;

/// <summary>What an environment was asked to be: what must hold depends on it.</summary>
/// <param name="Size"><c>observe</c>, <c>standard</c> or <c>full</c>.</param>
/// <param name="Zones">Who makes DNS zones: <c>own</c> the deployment, <c>existing</c> others, <c>none</c> a policy registers endpoints.</param>
internal sealed record EstatePlan(bool Production, bool Rbac, string Size = "full", string Zones = "own")
{
    public bool IsObserving => Size == "observe";

    /// <summary>Whether an identity takes undeclared grants away.</summary>
    public bool HasRemover => Size == "full" && Rbac;
}
