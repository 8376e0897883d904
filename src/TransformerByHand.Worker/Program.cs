return TransformerByHand.Scripting.WorkerHost.Run(args);
