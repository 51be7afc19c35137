namespace Rekey.Cli.Commands.Gateways;

/// <summary>The output format of <c>rekey gateway test</c>.</summary>
internal enum GatewayTestFormat
{
    Table,
    Json,
}
