using Rekey.Cli.Commands;

return await RekeyCommand.Make().Parse(args).InvokeAsync();
