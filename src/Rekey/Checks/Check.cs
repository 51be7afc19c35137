namespace Rekey.Checks;

/// <summary>One line of <c>rekey doctor</c>: a fact about the deployment, and what to do.</summary>
/// <param name="Name">What is checked, such as <c>graph permissions</c>.</param>
/// <param name="Says">What the app sees, in one plain sentence.</param>
/// <param name="Do">What to run; null when nothing is to be done.</param>
public sealed record Check(string Name, CheckState State, string Says, string? Do)
{
    internal static Check Ok(string name, string says) => new(name, CheckState.Ok, says, Do: null);

    internal static Check Act(string name, string says, string what) => new(name, CheckState.Act, says, what);

    internal static Check Unknown(string name, string says, string what) => new(name, CheckState.Unknown, says, what);
}
