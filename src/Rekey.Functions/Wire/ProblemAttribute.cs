namespace Rekey.Functions.Wire;

/// <summary>Says with which reasons a function refuses a request, for the description of the API.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reasons">What <c>reason</c> in the problem details may be.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProblemAttribute(int status, params string[] reasons) : Attribute
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Reasons { get; } = reasons;
}
