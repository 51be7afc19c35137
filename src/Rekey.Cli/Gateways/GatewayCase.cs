namespace Rekey.Cli.Gateways;

/// <summary>A token that is sent to the gateway.</summary>
/// <param name="Name">A stable code, such as <c>alg-none</c>.</param>
/// <param name="What">What is wrong with the token, for people.</param>
/// <param name="Token">Null: the request has no token.</param>
internal sealed record GatewayCase(string Name, string What, string? Token);
