using System.Globalization;

namespace Rekey.Cli.Gateways;

/// <summary>What the gateway answered.</summary>
/// <param name="Status">The status; null without an answer.</param>
/// <param name="Challenge">The header <c>WWW-Authenticate</c>; empty without one.</param>
/// <param name="Body">The start of the body; without an answer why there is none.</param>
internal sealed record GatewayAnswer(int? Status, string Challenge, string Body)
{
    /// <summary>A refusal of the token, in whatever form.</summary>
    public bool IsRefusal => Status is 400 or 401 or 403;

    /// <summary>The request went through: the backend answered, also if it did not like the request.</summary>
    public bool IsLetIn(GatewayAnswer? honest) => Status is >= 200 and < 400 || (honest is not null && Status == honest.Status);

    public override string ToString() =>
        Status is null ? Body : $"{Status.Value.ToString(CultureInfo.InvariantCulture)}{(Challenge.Length > 0 ? $", {Challenge}" : "")}";
}
